"""The demo with its store on S3 and its renders on Lambda, both MiniStack's, and its clips against the truth: `make demo-aws`.

`demo/episode.mp4` must be there (the same command makes it). Everything else is in a folder of its own that is gone afterwards; the
delivery is in `out/demo-aws`. Exits as `benchmarks/demo.py --check` does.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))

from lambda_here import deploy_function
from s3_here import BUCKET, NOT_HERE, ministack_binary, running_ministack

ROOT = Path(__file__).resolve().parents[1]
EPISODE = "demo/episode.mp4"
RUN = ["run", EPISODE, "--genre", "podcast", "--title", "Slow Orbit", "--count", "6", "--out", "out/demo-aws"]
LAMBDA_SECONDS = 900
AT_ONCE = str(os.cpu_count() or 1)
"""MiniStack's processes are this machine's."""


def main() -> int:
    if ministack_binary() is None:
        sys.exit(NOT_HERE)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("ministack", "home"):
            (folder / part).mkdir()
        with running_ministack(folder / "ministack") as endpoint:
            function = deploy_function(endpoint, folder, timeout=LAMBDA_SECONDS)
            user = os.environ | {
                "AWS_ENDPOINT_URL": endpoint,
                "AWS_ACCESS_KEY_ID": "test",
                "AWS_SECRET_ACCESS_KEY": "test",
                "AWS_REGION": "us-east-1",
                "DAGSTER_HOME": str(folder / "home"),
                "SHORTFORM_CACHE": str(folder / "cache"),
                "SHORTFORM_STORE": f"s3://{BUCKET}/demo",
                "SHORTFORM_RENDER": "lambda",
                "SHORTFORM_RENDER_LAMBDA_FUNCTION": function.name,
                "SHORTFORM_RENDER_LAMBDA_FAILURES": function.queue,
                "SHORTFORM_RENDER_LAMBDA_AT_ONCE": AT_ONCE,
            }
            shortform = str(Path(sys.executable).with_name("shortform"))
            for command in (
                [shortform, *RUN],
                [sys.executable, str(ROOT / "benchmarks/demo.py"), "--check"],
            ):
                if code := subprocess.run(command, env=user, cwd=ROOT).returncode:
                    return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
