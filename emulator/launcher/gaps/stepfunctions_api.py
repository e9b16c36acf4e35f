"""Gaps of the Step Functions API: starting, listing and describing."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ministack.core.responses import error_response_json, json_response, new_uuid
from ministack.services import stepfunctions

from gaps.registry import closes_gap

Response = tuple[int, dict[str, str], bytes]


@closes_gap(
    "services.stepfunctions:_create_state_machine",
    "services.stepfunctions:_update_state_machine",
    "services.stepfunctions:_describe_state_machine",
)
def tracing_configuration_is_kept() -> None:
    """AWS returns a state machine's tracingConfiguration as it was given. MiniStack (services/stepfunctions.py:
    _create_state_machine, _update_state_machine) drops it, so Terraform never plans clean."""
    describe = stepfunctions._describe_state_machine

    def kept(store: Callable[[dict[str, Any]], Response]) -> Callable[[dict[str, Any]], Response]:
        def with_tracing(data: dict[str, Any]) -> Response:
            response = store(data)
            if response[0] == 200 and "tracingConfiguration" in data:
                arn = data.get("stateMachineArn") or json.loads(response[2])["stateMachineArn"]
                stepfunctions._state_machines[arn]["tracingConfiguration"] = data["tracingConfiguration"]
            return response

        return with_tracing

    def described(data: dict[str, Any]) -> Response:
        status, headers, body = describe(data)
        if status == 200:
            body = json.dumps({"tracingConfiguration": {"enabled": False}, **json.loads(body)}).encode()
        return status, headers, body

    stepfunctions._create_state_machine = kept(stepfunctions._create_state_machine)
    stepfunctions._update_state_machine = kept(stepfunctions._update_state_machine)
    stepfunctions._describe_state_machine = described


@closes_gap("services.stepfunctions:_start_execution", "services.stepfunctions:_executions")
def start_execution_knows_names_as_aws_does() -> None:
    """On AWS a STANDARD execution can be started again by the same name and input while it runs: the answer is the running
    one; and EXPRESS executions may share a name. MiniStack (services/stepfunctions.py:_start_execution) answers every
    second start by a name with ExecutionAlreadyExists."""
    original = stepfunctions._start_execution

    def start_execution(data: dict[str, Any]) -> Response:
        name = data.get("name")
        if name and _is_express(data.get("stateMachineArn", "")):
            return _start_express(original, data, name)
        response = original(data)
        if response[0] == 400 and b"ExecutionAlreadyExists" in response[2]:
            machine = stepfunctions._resolve_state_machine_arn(data["stateMachineArn"])
            arn = f"{machine.replace(':stateMachine:', ':execution:')}:{name}"
            running = stepfunctions._executions.get(arn)
            if running and running["status"] == "RUNNING" and running["input"] == data.get("input", "{}"):
                return json_response({"executionArn": arn, "startDate": running["startDate"]})
        return response

    stepfunctions._start_execution = start_execution


def _start_express(start: Callable[[dict[str, Any]], Response], data: dict[str, Any], name: str) -> Response:
    """Starts an execution whose ARN ends in a unique part after the name, as EXPRESS ones do."""
    response = start({**data, "name": f"{name}:{new_uuid()}"})
    if response[0] == 200:
        stepfunctions._executions[json.loads(response[2])["executionArn"]]["name"] = name
    return response


def _is_express(machine_arn: str) -> bool:
    machine = stepfunctions._state_machines.get(stepfunctions._resolve_state_machine_arn(machine_arn) or "")
    return bool(machine) and machine["type"] == "EXPRESS"


@closes_gap("services.stepfunctions:_list_executions")
def list_executions_refuses_what_aws_refuses() -> None:
    """AWS refuses ListExecutions for EXPRESS state machines and for machines that do not exist, and pages by 100. MiniStack
    (services/stepfunctions.py:_list_executions) answers all, by 1000, so a duplicate check that cannot work on AWS passes."""
    original = stepfunctions._list_executions

    def list_executions(data: dict[str, Any]) -> Response:
        arn = data.get("stateMachineArn")
        if arn and stepfunctions._resolve_state_machine_arn(arn) is None:
            return error_response_json("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{arn}'", 400)
        if arn and _is_express(arn):
            return error_response_json("StateMachineTypeNotSupported", "This operation is not supported by this type of state machine", 400)
        return original({**data, "maxResults": data.get("maxResults") or 100})

    stepfunctions._list_executions = list_executions
