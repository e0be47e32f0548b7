"""The official Python client against one base URL: client.py BASE_URL KEY CHAT_MODEL EMBEDDING_MODEL EXPECTED_TEXT

Prints one line per check, "ok NAME" or "failed NAME: why"; ends with 1 when any failed.
"""

import json
import sys

import openai
from openai import OpenAI

base_url, api_key, model, embedding_model, expected = sys.argv[1:6]
client = OpenAI(base_url=base_url, api_key=api_key, max_retries=0, timeout=30)
CHECKS = []
WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather of a city",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
            "required": ["city"],
        },
    },
}


def check(name):
    def keep(function):
        CHECKS.append(("python: " + name, function))
        return function

    return keep


def user(content):
    return [{"role": "user", "content": content}]


def same(found, wanted):
    assert found == wanted, f"{found!r} instead of {wanted!r}"


def refused(call, kind, status=None):
    try:
        call()
    except kind as error:
        if status:
            same(error.status_code, status)
        assert str(error)
        return
    raise AssertionError(f"no {kind.__name__}")


@check("a plain answer with its usage")
def plain():
    answer = client.chat.completions.create(model=model, messages=user("hello there"))
    same(answer.choices[0].message.content, expected)
    same(answer.choices[0].finish_reason, "stop")
    same((answer.usage.prompt_tokens, answer.usage.completion_tokens), (5, 11))


@check("a streamed answer, usage only when asked for")
def streamed():
    for asked in (True, False):
        more = {"stream_options": {"include_usage": True}} if asked else {}
        stream = client.chat.completions.create(model=model, messages=user("hi [[answer ms=2]]"), stream=True, **more)
        text, usages = "", 0
        for chunk in stream:
            if chunk.choices:
                text += chunk.choices[0].delta.content or ""
            else:
                assert asked, "a chunk without choices that nobody asked for"
            usages += chunk.usage is not None
        same(text, expected)
        same(usages, 1 if asked else 0)


@check("characters cut between packets arrive whole")
def characters():
    stream = client.chat.completions.create(model=model, messages=user("[[utf8]]"), stream=True)
    same("".join(c.choices[0].delta.content or "" for c in stream if c.choices), expected)


@check("parallel tool calls, whole and streamed")
def tools():
    request = {"model": model, "messages": user("weather? [[answer calls=2]]"), "tools": [WEATHER]}
    answer = client.chat.completions.create(**request)
    same(answer.choices[0].finish_reason, "tool_calls")
    same(len(answer.choices[0].message.tool_calls), 2)
    same(json.loads(answer.choices[0].message.tool_calls[1].function.arguments), {"city": "Zürich", "days": 1})
    with client.chat.completions.stream(**request) as stream:
        calls = stream.get_final_completion().choices[0].message.tool_calls
    same([json.loads(c.function.arguments) for c in calls], [{"city": "Zürich", "days": 1}] * 2)


@check("structured output")
def structured():
    schema = {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    }
    form = {"type": "json_schema", "json_schema": {"name": "place", "strict": True, "schema": schema}}
    answer = client.chat.completions.create(model=model, messages=user("where?"), response_format=form)
    same(json.loads(answer.choices[0].message.content), {"city": "Zürich"})


@check("an image, n, seed, logprobs and a field nobody knows")
def everything():
    pixel = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    content = [{"type": "text", "text": "what is it"}, {"type": "image_url", "image_url": {"url": pixel}}]
    answer = client.chat.completions.create(
        model=model, messages=user(content), n=2, seed=7, logprobs=True, extra_body={"some_future_field": {"a": 1}}
    )
    same(len(answer.choices), 2)
    same(len(answer.choices[1].logprobs.content), 11)
    same(answer.usage.prompt_tokens, 3 + 3 + 85)


@check("embeddings as numbers and as base64")
def embeddings():
    texts = ["one two", "three"]
    plain = client.embeddings.create(model=embedding_model, input=texts, encoding_format="float")
    packed = client.embeddings.create(model=embedding_model, input=texts)
    same(plain.usage.prompt_tokens, 3)
    for a, b in zip(plain.data[1].embedding, packed.data[1].embedding, strict=True):
        assert abs(a - b) < 1e-6


@check("the list of models and one of them")
def models():
    assert model in [m.id for m in client.models.list()]
    same(client.models.retrieve(model).id, model)


@check("errors as the classes of the client")
def errors():
    def ask(text, to=client, of=model):
        return lambda: to.chat.completions.create(model=of, messages=user(text))

    refused(ask("x", to=client.with_options(api_key="sk-wrong")), openai.AuthenticationError, 401)
    refused(ask("x", of="unknown-model"), openai.NotFoundError, 404)
    refused(ask("[[status code=429 retry=1]]"), openai.RateLimitError, 429)
    refused(ask("[[status code=503]]"), openai.InternalServerError)


@check("a stream that breaks is an error, not an end")
def broken():
    chunks = 0
    try:
        for chunk in client.chat.completions.create(model=model, messages=user("[[break after=3]]"), stream=True):
            chunks += len(chunk.choices)
    except Exception:  # noqa: BLE001 - the client raises its own or its transport's error; both are errors
        assert chunks >= 2, f"only {chunks} chunks came before the break"
        return
    raise AssertionError("ended as if complete")


failed = 0
for name, function in CHECKS:
    try:
        function()
        print("ok", name, flush=True)
    except Exception as error:  # noqa: BLE001 - a check that fails must not hide the others
        failed += 1
        print(f"failed {name}: {type(error).__name__}: {error}".replace("\n", " ")[:600], flush=True)
sys.exit(1 if failed else 0)
