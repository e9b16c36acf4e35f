import type { Json } from "../schedule/tick";

/** The JSON value that Terraform makes `value` of: without it `${` and `%{` in a text would be read as expressions. */
export function terraformLiteral(value: Json): Json {
  // In JSON both stand inside of texts only, so the whole can be treated as one.
  return JSON.parse(JSON.stringify(value).replace(/[$%](?=\{)/g, "$&$&")) as Json;
}
