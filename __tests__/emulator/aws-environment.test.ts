import { emulatorEnvironment, withoutAws } from "../../emulator/aws-environment";

const REAL = {
  PATH: "/bin",
  AWS_ACCESS_KEY_ID: "AKIAREAL",
  AWS_PROFILE: "prod",
  AWS_ROLE_ARN: "arn:aws:iam::1:role/r",
  AWS_ENDPOINT_URL_S3: "https://s3",
  UNSET: undefined,
};

test("what works on the embedded AWS gets the credentials of the embedded AWS and no real setting of AWS", () => {
  expect(withoutAws(REAL)).toEqual({ PATH: "/bin" });
  expect(emulatorEnvironment(REAL, "http://127.0.0.1:1")).toEqual({
    PATH: "/bin",
    AWS_ACCESS_KEY_ID: "METRONOME-UNKNOWN",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_ENDPOINT_URL: "http://127.0.0.1:1",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  });
});
