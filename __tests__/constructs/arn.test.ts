import { arn, globalArn, partitionArn, viaService } from "../../constructs/arn";

test.each([
  ["eu-central-1", "arn:aws:events:eu-central-1:111111111111:rule/beat"],
  ["us-east-1", "arn:aws:events:us-east-1:111111111111:rule/beat"],
  ["cn-north-1", "arn:aws-cn:events:cn-north-1:111111111111:rule/beat"],
  ["us-gov-west-1", "arn:aws-us-gov:events:us-gov-west-1:111111111111:rule/beat"],
])("an ARN in %s is of the region's partition", (region, expected) => {
  expect(arn("events", region, "111111111111", "rule/beat")).toBe(expected);
});

test.each([
  ["eu-central-1", "arn:aws"],
  ["cn-north-1", "arn:aws-cn"],
])("what is in no region, or in no account either, is of the partition of %s", (region, start) => {
  expect(globalArn("iam", region, "111111111111", "role/beat")).toBe(`${start}:iam::111111111111:role/beat`);
  expect(partitionArn("s3", region, "a-bucket")).toBe(`${start}:s3:::a-bucket`);
});

test("KMS knows a service by its name in the region, and in China by two", () => {
  expect(viaService("s3", "eu-central-1")).toEqual(["s3.eu-central-1.amazonaws.com"]);
  expect(viaService("s3", "us-gov-west-1")).toEqual(["s3.us-gov-west-1.amazonaws.com"]);
  expect(viaService("s3", "cn-north-1")).toEqual(["s3.cn-north-1.amazonaws.com", "s3.cn-north-1.amazonaws.com.cn"]);
});
