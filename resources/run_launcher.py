"""Starts runs of Dagster over its GraphQL address, from a process that is no part of it."""

from __future__ import annotations

from typing import Any

from shortform_assets.errors import ShortformError

_SECONDS = 20.0
"""For an answer: a code location that is just loading takes its time. Our choice."""
_WHERE = (
    "{repositoriesOrError{__typename ...on RepositoryConnection{nodes{name location{name} pipelines{name}}}}}"
)
_LAUNCH = """
mutation($selector:JobOrPipelineSelector!,$tags:[ExecutionTag!]!){
 launchRun(executionParams:{selector:$selector,runConfigData:{},executionMetadata:{tags:$tags}}){
  __typename ...on LaunchRunSuccess{run{runId}} ...on PythonError{message}
  ...on PipelineNotFoundError{message} ...on RunConfigValidationInvalid{errors{message}}}}
"""


class LaunchFailed(ShortformError):
    """Dagster did not begin the run; in one sentence."""


class RunLauncher:
    """Begins runs of one job. `url` is that of the webserver, such as http://127.0.0.1:3000."""

    def __init__(self, url: str, job: str = "deliver") -> None:
        self.url = url.rstrip("/").removesuffix("/graphql") + "/graphql"
        self._job = job
        self._selector: dict[str, str] | None = None

    def launch(self, partition: str) -> str:
        """Begin a run on a partition; its id. Raises LaunchFailed."""
        selector = self._selector or self._find()
        tags = [
            {"key": "dagster/partition", "value": partition},
            {"key": "shortform/woken_by", "value": "webhook"},
        ]
        said = self._ask(_LAUNCH, {"selector": selector, "tags": tags})["launchRun"]
        if said["__typename"] != "LaunchRunSuccess":
            # The code location may have another name by now.
            self._selector = None
            why = said.get("message") or "; ".join(e["message"] for e in said.get("errors", ()))
            raise LaunchFailed(f"{self.url}: {said['__typename']} {' '.join(why.split())[:300]}".rstrip())
        self._selector = selector
        return str(said["run"]["runId"])

    def _find(self) -> dict[str, str]:
        found = self._ask(_WHERE, {})["repositoriesOrError"]
        for node in found.get("nodes", ()):
            if self._job in {pipeline["name"] for pipeline in node["pipelines"]}:
                return {
                    "repositoryName": node["name"],
                    "repositoryLocationName": node["location"]["name"],
                    "pipelineName": self._job,
                }
        raise LaunchFailed(f"{self.url}: no code location there has the job `{self._job}`")

    def _ask(self, query: str, variables: dict[str, Any]) -> dict[str, Any]:
        import httpx2

        try:
            answer = httpx2.post(self.url, json={"query": query, "variables": variables}, timeout=_SECONDS)
            answer.raise_for_status()
            said = answer.json()
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
            raise LaunchFailed(
                f"{self.url}: {' '.join(str(error).split())[:300] or type(error).__name__}"
            ) from None
        if not isinstance(said, dict) or said.get("errors") or not isinstance(said.get("data"), dict):
            raise LaunchFailed(f"{self.url}: it answered {str(said)[:300]}")
        return dict(said["data"])
