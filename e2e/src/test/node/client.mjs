// The official Node client against one base URL: node client.mjs BASE_URL KEY CHAT_MODEL EMBEDDING_MODEL EXPECTED_TEXT
// Prints one line per check, "ok NAME" or "failed NAME: why"; ends with 1 when any failed.
import assert from 'node:assert/strict';
import OpenAI from 'openai';

const [baseURL, apiKey, model, embeddingModel, expected] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey, maxRetries: 0, timeout: 30_000 });
const user = (content) => [{ role: 'user', content }];
const weather = {
  type: 'function',
  function: {
    name: 'weather',
    description: 'The weather of a city',
    parameters: { type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer' } }, required: ['city'] },
  },
};

async function refused(call, kind, status) {
  await assert.rejects(call, (e) => {
    assert.ok(e instanceof kind, `${e.constructor.name}: ${e.message}`);
    if (status) assert.equal(e.status, status);
    assert.ok(e.message.length > 0);
    return true;
  });
}

const checks = {
  'node: a plain answer with its usage': async () => {
    const answer = await client.chat.completions.create({ model, messages: user('hello there') });
    assert.equal(answer.choices[0].message.content, expected);
    assert.equal(answer.choices[0].finish_reason, 'stop');
    assert.equal(answer.usage.prompt_tokens, 5);
    assert.equal(answer.usage.completion_tokens, 11);
  },
  'node: a streamed answer, usage only when asked for': async () => {
    for (const include_usage of [true, false]) {
      const stream = await client.chat.completions.create({
        model, messages: user('hello [[answer ms=2]]'), stream: true, ...(include_usage ? { stream_options: { include_usage } } : {}),
      });
      let text = '';
      let usages = 0;
      for await (const chunk of stream) {
        text += chunk.choices[0]?.delta?.content ?? '';
        if (chunk.usage) usages++;
        if (!include_usage) assert.equal(chunk.choices.length, 1);
      }
      assert.equal(text, expected);
      assert.equal(usages, include_usage ? 1 : 0);
    }
  },
  'node: characters cut between packets arrive whole': async () => {
    const stream = await client.chat.completions.create({ model, messages: user('[[utf8]]'), stream: true });
    let text = '';
    for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? '';
    assert.equal(text, expected);
  },
  'node: parallel tool calls, whole and streamed': async () => {
    const request = { model, messages: user('weather? [[answer calls=2]]'), tools: [weather] };
    const answer = await client.chat.completions.create(request);
    assert.equal(answer.choices[0].finish_reason, 'tool_calls');
    assert.equal(answer.choices[0].message.tool_calls.length, 2);
    assert.deepEqual(JSON.parse(answer.choices[0].message.tool_calls[0].function.arguments), { city: 'Zürich', days: 1 });
    const streamed = await client.chat.completions.stream({ ...request, stream: true }).finalChatCompletion();
    assert.equal(streamed.choices[0].message.tool_calls.length, 2);
    assert.deepEqual(JSON.parse(streamed.choices[0].message.tool_calls[1].function.arguments), { city: 'Zürich', days: 1 });
  },
  'node: a tool result is answered with text': async () => {
    const answer = await client.chat.completions.create({
      model, tools: [weather],
      messages: [
        { role: 'user', content: 'weather?' },
        { role: 'assistant', tool_calls: [{ id: 'call_0', type: 'function', function: { name: 'weather', arguments: '{"city":"Bern"}' } }] },
        { role: 'tool', tool_call_id: 'call_0', content: 'sunny' },
      ],
    });
    assert.equal(answer.choices[0].message.content, expected);
  },
  'node: structured output': async () => {
    const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false };
    const answer = await client.chat.completions.create({
      model, messages: user('where?'), response_format: { type: 'json_schema', json_schema: { name: 'place', strict: true, schema } },
    });
    assert.deepEqual(JSON.parse(answer.choices[0].message.content), { city: 'Zürich' });
  },
  'node: n, seed, logprobs and a field nobody knows': async () => {
    const answer = await client.chat.completions.create({
      model, messages: user('hello'), n: 2, seed: 7, logprobs: true, stop: ['###'], some_future_field: { a: 1 },
    });
    assert.equal(answer.choices.length, 2);
    assert.equal(answer.choices[1].logprobs.content.length, 11);
  },
  'node: embeddings as numbers and as base64': async () => {
    const plain = await client.embeddings.create({ model: embeddingModel, input: ['one two', 'three'], encoding_format: 'float' });
    const packed = await client.embeddings.create({ model: embeddingModel, input: ['one two', 'three'] });
    assert.equal(plain.data.length, 2);
    assert.equal(plain.usage.prompt_tokens, 3);
    plain.data[1].embedding.forEach((v, i) => assert.ok(Math.abs(v - packed.data[1].embedding[i]) < 1e-6));
  },
  'node: the list of models and one of them': async () => {
    const ids = [];
    for await (const m of client.models.list()) ids.push(m.id);
    assert.ok(ids.includes(model), ids.join(' '));
    assert.equal((await client.models.retrieve(model)).id, model);
  },
  'node: errors as the classes of the client': async () => {
    const stranger = new OpenAI({ baseURL, apiKey: 'sk-wrong', maxRetries: 0 });
    await refused(() => stranger.chat.completions.create({ model, messages: user('x') }), OpenAI.AuthenticationError, 401);
    await refused(() => client.chat.completions.create({ model: 'unknown-model', messages: user('x') }), OpenAI.NotFoundError, 404);
    await refused(() => client.chat.completions.create({ model, messages: user('[[status code=429 retry=1]]') }), OpenAI.RateLimitError, 429);
    await refused(() => client.chat.completions.create({ model, messages: user('[[status code=503]]') }), OpenAI.InternalServerError);
  },
  'node: a stream that breaks is an error, not an end': async () => {
    let chunks = 0;
    await assert.rejects(async () => {
      const stream = await client.chat.completions.create({ model, messages: user('[[break after=3]]'), stream: true });
      for await (const chunk of stream) chunks += chunk.choices.length;
    });
    assert.ok(chunks >= 2, `only ${chunks} chunks came before the break`);
  },
};

let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  try {
    await check();
    console.log(`ok ${name}`);
  } catch (e) {
    failed++;
    console.log(`failed ${name}: ${String(e.message).replaceAll('\n', ' ').slice(0, 500)}`);
  }
}
process.exit(failed ? 1 : 0);
