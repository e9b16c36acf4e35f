// Put into MiniStack's Node worker, in front of its loop. What AWS's Node runtime does around a handler.
// biome-ignore lint/correctness/noUnusedVariables: the worker's loop, which follows this text, uses it
const metronome = (() => {
  const { format } = require("node:util");
  const LEVELS = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];
  const asJson = process.env.AWS_LAMBDA_LOG_FORMAT === "JSON";
  const lowest = asJson ? Math.max(0, LEVELS.indexOf((process.env.AWS_LAMBDA_LOG_LEVEL || "TRACE").toUpperCase())) : 0;
  let requestId = "";

  const describe = (error) =>
    error instanceof Error
      ? { errorType: error.name, errorMessage: error.message, trace: (error.stack || "").split("\n") }
      : { errorType: typeof error, errorMessage: String(error), trace: [] };

  const withErrors = (_key, value) => {
    if (!(value instanceof Error)) return value;
    const { errorMessage, trace } = describe(value);
    return { errorType: value.constructor.name, errorMessage, stackTrace: trace, ...value };
  };

  const jsonLine = (head, first, rest) => {
    if (rest.length > 0) {
      const error = rest.find((part) => part instanceof Error);
      return JSON.stringify({ ...head, message: format(first, ...rest), ...(error ? withErrors("", error) : {}) });
    }
    try {
      return JSON.stringify({ ...head, message: first }, withErrors);
    } catch {
      return JSON.stringify({ ...head, message: format(first) });
    }
  };

  const write = (level, first, ...rest) => {
    if (LEVELS.indexOf(level) < lowest) return;
    const timestamp = new Date().toISOString();
    const line = asJson
      ? jsonLine({ timestamp, level, requestId }, first, rest)
      : [timestamp, requestId, level, format(first, ...rest)].join("\t");
    _stderrWrite(`${line}\n`);
  };

  for (const level of LEVELS) console[level.toLowerCase()] = (...parts) => write(level, ...parts);
  console.log = console.info;

  return {
    begin(id) {
      requestId = id;
    },
    failure(error) {
      const described = describe(error);
      if (asJson) console.error(error instanceof Error ? error : new Error(String(error)));
      else
        console.error(
          "Invoke Error",
          `\t${JSON.stringify({ ...described, trace: undefined, stack: described.trace })}`,
        );
      return { status: "ok", failed: described };
    },
    // The last line of the invocation on the log's channel, so the reader knows that it has them all.
    respond(response) {
      _stderrWrite(`END-OF-INVOCATION ${requestId}\n`);
      _realStdoutWrite(`${JSON.stringify(response)}\n`);
    },
  };
})();
