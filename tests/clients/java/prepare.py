"""The specification as the generator can take it.

It takes the first answer of success for the only one, so that of a dry run goes where there is one
of doing it, too. And it takes any text for JSON, unless it is a file.
"""

import json
import sys

TEXT = ("application/openmetrics-text", "application/yaml", "text/calendar")

with open(sys.argv[1], encoding="utf-8") as file:
    specification = json.load(file)
for path in specification["paths"].values():
    for operation in path.values():
        answers = operation.get("responses", {}) if isinstance(operation, dict) else {}
        if "200" in answers and "201" in answers:
            del answers["200"]
        for answer in answers.values():
            for name, content in answer.get("content", {}).items():
                if name in TEXT:
                    content["schema"] = {"type": "string", "format": "binary"}
json.dump(specification, sys.stdout)
