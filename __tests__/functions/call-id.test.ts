import { callId } from "../../functions/runtime/call-id";

test("two calls for one request are two claimants: Lambda may deliver an asynchronous event twice", () => {
  const [one, other] = [callId({ awsRequestId: "request-1" }), callId({ awsRequestId: "request-1" })];
  expect(one).toMatch(/^request-1\/./);
  expect(other).not.toBe(one);
});
