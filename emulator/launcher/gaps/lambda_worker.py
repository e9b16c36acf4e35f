"""Gaps of the process that runs a Node handler: its errors and its end."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from gaps.node_worker import add_runtime, change_script
from gaps.registry import closes_gap

PROCESS_DIED = "Worker process died"

# The response to the invocation that this thread is running, if it failed.
_failed = threading.local()


@closes_gap("core.lambda_runtime:_NODEJS_WORKER_SCRIPT", "core.lambda_runtime:Worker.invoke", "services.lambda_svc:_execute_function_warm")
def errors_keep_their_class_and_the_environment() -> None:
    """On AWS a failed invocation's errorType is the error's name, with its trace; Retry and Catch in Step Functions match that
    name; and the environment stays warm. A handler that ends its process fails as Runtime.ExitError. MiniStack
    (services/lambda_svc.py:_execute_function_warm, core/lambda_runtime.py:Worker.invoke) calls every failure
    Runtime.HandlerError and ends the environment."""
    add_runtime()
    change_script(
        """_realStdoutWrite(JSON.stringify({
            status: "error", error: String(err.message || err), trace: err.stack || ""
          }) + "\\n");""",
        "metronome.respond(metronome.failure(err));",
    )
    change_script(
        """_realStdoutWrite(JSON.stringify({
        status: "error", error: e.message, trace: e.stack
      }) + "\\n");""",
        "metronome.respond(metronome.failure(e));",
    )
    invoke, execute = lambda_runtime.Worker.invoke, lambda_svc._execute_function_warm

    def noting_invoke(worker: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        response = invoke(worker, *args, **kwargs)
        if "failed" in response:
            response = {**response, "status": "error", "error": response["failed"]["errorMessage"], "trace": ""}
        _failed.response = response if response.get("status") == "error" else {}
        return response

    def execute_warm(function: dict[str, Any], event: Any, request_id: str) -> dict[str, Any]:
        _failed.response = {}
        result = execute(function, event, request_id)
        if "failed" in _failed.response:
            result["body"] = _failed.response["failed"]
        elif _failed.response.get("error") == PROCESS_DIED:
            result["body"] = {
                "errorType": "Runtime.ExitError",
                "errorMessage": f"RequestId: {request_id} Error: Runtime exited without providing a reason",
            }
        return result

    lambda_runtime.Worker.invoke = noting_invoke
    lambda_svc._execute_function_warm = execute_warm


@closes_gap("core.lambda_runtime:_NODEJS_WORKER_SCRIPT")
def workers_end_with_the_emulator() -> None:
    """Nothing outlives an environment that AWS takes away. MiniStack's Node worker (core/lambda_runtime.py:
    _NODEJS_WORKER_SCRIPT) lives on after a killed emulator until its handler's timers have run out, a minute for lambda-clock."""
    change_script("let lineNum = 0;\n", 'let lineNum = 0;\nrl.on("close", () => process.exit(0));\n')


@closes_gap("core.lambda_runtime:execution_credentials", "services.lambda_svc:execution_credentials")
def functions_have_credentials_that_are_taken() -> None:
    """On AWS a function has credentials that AWS takes, and no request without such credentials is carried out. MiniStack
    (core/lambda_runtime.py:execution_credentials) gives it the number of its account as key, and takes any key; this emulator
    takes its own key alone (access.py)."""

    def execution_credentials(_config: dict[str, Any]) -> dict[str, str]:
        return {"AWS_ACCESS_KEY_ID": os.environ["AWS_ACCESS_KEY_ID"], "AWS_SECRET_ACCESS_KEY": "test", "AWS_SESSION_TOKEN": ""}

    lambda_runtime.execution_credentials = lambda_svc.execution_credentials = execution_credentials


@closes_gap("services.lambda_svc:_update_code", "services.lambda_svc:_update_config", "services.lambda_svc:release_worker")
def updates_let_invocations_finish() -> None:
    """On AWS an invocation that is under way when its function is updated goes on, with the code and the variables that it
    began with. MiniStack (services/lambda_svc.py:_update_code, _update_config) ends its process; so an update of LambdaClock,
    which waits for most of its time, would lose the ticks that it stands for."""
    release = lambda_svc.release_worker

    def letting_go(update: Callable[..., Any]) -> Callable[..., Any]:
        def updated(name: str, data: dict[str, Any]) -> Any:
            take_busy_from_pool(name)
            return update(name, data)

        return updated

    def release_for_good(worker: Any) -> None:
        release(worker)
        if getattr(worker, "taken_from_pool", False):
            worker.kill()

    lambda_svc._update_code = letting_go(lambda_svc._update_code)
    lambda_svc._update_config = letting_go(lambda_svc._update_config)
    lambda_svc.release_worker = release_for_good


def take_busy_from_pool(function: str) -> None:
    """Takes a function's busy processes from its pool: they get no other invocation, and end with the one they have."""
    key = f"{lambda_svc.get_account_id()}:{lambda_svc.get_region()}:{function}:$LATEST"
    with lambda_runtime._lock:
        pool = lambda_runtime._workers.get(key, [])
        for worker in pool:
            worker.taken_from_pool = worker.in_use
        pool[:] = [worker for worker in pool if not worker.in_use]
