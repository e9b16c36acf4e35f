import { parsePrinted } from "../../host/parse-json";

test("JSON is parsed", () => {
  expect(parsePrinted("terraform version -json", '{"terraform_version":"1.11.4"}')).toEqual({
    terraform_version: "1.11.4",
  });
});

test.each([
  ["nothing", "\n", "printed nothing. Run the command by hand"],
  [
    "the wrapper of setup-terraform",
    '[command]/opt/terraform-bin show -json plan\n{"password":"hunter2"}',
    'printed "[command]/opt/terraform-bin show -json plan" first: it is the wrapper of setup-terraform. Set terraform_wrapper: false',
  ],
  ["a warning before it", 'Warning: old\n{"password":"hunter2"}', 'printed "Warning: old". Run the command by hand.'],
  ["half of it", '{"password":"hunter2', "printed JSON that ends or breaks midway (20 characters)."],
])("%s: the message names the program, what it printed and what to do, and no secret", (_, text, message) => {
  const parse = () => parsePrinted("terraform show -json plan", text);
  expect(parse).toThrow(`terraform show -json plan was to print JSON, and ${message}`);
  expect(parse).not.toThrow("hunter2");
});
