/** What the tests use of asl-validator, which comes without types. */
declare module "asl-validator" {
  /** It writes its defaults into the definition it is given. */
  export default function validate(
    definition: object,
    options?: { checkPaths?: boolean; checkArn?: boolean },
  ): { isValid: boolean; errorsText(separator?: string): string };
}
