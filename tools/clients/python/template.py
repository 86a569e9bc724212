"""Holds template.yaml against cfn-lint, the SAM translator and `sam validate --lint`."""

import json
import logging
import os
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

# HTTP APIs do not exist there, so Pinferry cannot run there.
WITHOUT_HTTP_APIS = ("ap-east-2", "ap-southeast-6")

# I4010 counts parameters and resources.
ACCEPTED = ("I4010",)

# Each choice that changes what the translator makes.
PARAMETERS = [
    {},
    {"Rollout": "Canary10Percent5Minutes"},
    {"Rollout": "Linear10PercentEvery1Minute", "Alarms": "false"},
    {"SnapStart": "None", "Tracing": "Active"},
]


def environment():
    return os.environ | {
        "AWS_DEFAULT_REGION": "eu-central-1",
        "SAM_CLI_TELEMETRY": "0",
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "PATH": str(Path(sys.executable).parent) + os.pathsep + os.environ.get("PATH", ""),
    }


def run(home, *command):
    return subprocess.run(
        command, cwd=home, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=240, check=False
    )


def lint(home):
    """Returns the findings of cfn-lint, all checks, in all regions."""
    told = run(home, "cfn-lint", "-c", "I", "-e", "-r", "ALL_REGIONS", "--format", "json", "-t", "template.yaml")
    try:
        findings = json.loads(told.stdout)
    except ValueError:
        return [f"cfn-lint ended with {told.returncode}: {told.stdout[-2000:]}"]
    differences = set()
    for finding in findings:
        rule, message = finding["Rule"]["Id"], finding["Message"]
        elsewhere = re.search(r"'AWS::ApiGatewayV2::\w+' does not exist in '([a-z0-9-]+)'", message)
        if rule in ACCEPTED or (rule == "E3006" and elsewhere and elsewhere.group(1) in WITHOUT_HTTP_APIS):
            continue
        line = finding["Location"]["Start"]["LineNumber"]
        differences.add(f"cfn-lint: {rule} {message} (line {line})")
    return sorted(differences)


def translate(home, given):
    """Returns what the translator refuses."""
    os.environ.update(environment())
    logging.disable(logging.WARNING)
    from samtranslator.translator.transform import transform
    from samtranslator.yaml_helper import yaml_parse

    class ManagedPolicies:
        def load(self):
            return {}

    tree = yaml_parse((home / "template.yaml").read_text())
    for function in tree["Resources"].values():
        # The translator takes the address of an uploaded archive, as `sam deploy` gives it.
        if function["Type"] == "AWS::Serverless::Function":
            function["Properties"]["CodeUri"] = "s3://bucket/" + function["Properties"]["CodeUri"]
    values = {"AdminKeySha256": "0" * 64} | given
    try:
        made = transform(tree, values, ManagedPolicies())
    except Exception as failure:
        return [f"the SAM translator refuses {given}: {getattr(failure, 'message', failure)} {getattr(failure, 'causes', '')}"]
    resources = made["Resources"].values()
    rollouts = sum(resource["Type"] == "AWS::CodeDeploy::DeploymentGroup" for resource in resources)
    roles = [resource for resource in resources if resource["Type"] == "AWS::IAM::Role"]
    differences = []
    if rollouts != (5 if "Rollout" in given else 0):
        differences.append(f"with {given} there are {rollouts} deployment groups")
    for role in roles:
        for arn in role["Properties"].get("ManagedPolicyArns", []):
            if "AWSLambda" in json.dumps(arn) and "CodeDeploy" not in json.dumps(arn):
                differences.append(f"with {given} a role has {json.dumps(arn)}")
    return differences


def main():
    scene = json.loads(Path(sys.argv[1]).read_text())
    home = Path(scene["home"])
    differences = lint(home)
    for given in PARAMETERS:
        differences += translate(home, given)
    valid = run(home, "sam", "validate", "--lint")
    if valid.returncode != 0 or "is a valid SAM Template" not in valid.stdout:
        differences.append(f"sam validate --lint: {valid.stdout[-2000:]}")
    print(
        json.dumps(
            {
                "client": f"cfn-lint {version('cfn-lint')}, aws-sam-translator {version('aws-sam-translator')}, aws-sam-cli {version('aws-sam-cli')}",
                "summary": f"template.yaml linted in all regions, translated with {len(PARAMETERS)} sets of parameters, validated",
                "differences": differences,
            }
        )
    )


if __name__ == "__main__":
    main()
