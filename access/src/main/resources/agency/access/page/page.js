// The first-run page: signs in by password, one-time link or invitation, sets the password, creates, lists and revokes keys,
// shows the models.

const PAGE = 20;
const STATES = { active: "active", expired: "expired", revoked: "revoked" };
const byId = (id) => document.getElementById(id);
let csrf = "";
let next = "";
let invitation = "";

/** Calls the management API; throws an error that carries the problem's own sentence. */
async function call(method, path, body) {
  const headers = { accept: "application/json" };
  if (csrf) headers["x-csrf-token"] = csrf;
  if (body) headers["content-type"] = "application/json";
  let answer;
  try {
    answer = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
  } catch {
    throw new Error("Agency does not answer. Is it still running?");
  }
  const text = await answer.text();
  let parsed = null;
  try {
    parsed = text ? JSON.parse(text) : null;
  } catch {
    // Not ours: the status has to do.
  }
  if (!answer.ok) {
    const error = new Error(parsed?.detail ?? `Agency answered with status ${answer.status}.`);
    error.status = answer.status;
    throw error;
  }
  return parsed;
}

function say(text, bad = false) {
  byId("notice").textContent = text;
  byId("notice").classList.toggle("bad", bad);
}

/** Runs what a click asked for: the button rests meanwhile, and a failure is said. */
async function attempt(button, action) {
  button.disabled = true;
  try {
    await action();
  } catch (error) {
    if (error.status === 401) showSignedOut();
    say(error.message, true);
  } finally {
    button.disabled = false;
  }
}

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

const day = (moment) => new Date(moment).toLocaleDateString(undefined, { dateStyle: "medium" });

function keyCard(key) {
  const details = [
    key.kind === "administrator" ? "administers" : null,
    STATES[key.state] ?? key.state,
    `created ${day(key.created_at)}`,
    key.expires_at ? `until ${day(key.expires_at)}` : null,
    key.cap ? `at most ${key.cap}` : null,
    key.models ? `only ${key.models.join(", ")}` : null,
  ].filter(Boolean);
  const name = key.name ?? "(name erased)";
  const card = element(
    "li",
    { className: key.state === "active" ? "" : "ended" },
    element("div", { className: "grow" },
      element("strong", { textContent: name }),
      element("span", { className: "meta", textContent: details.join(" · ") })),
  );
  if (key.state === "active") {
    const revoke = element("button", { type: "button", className: "danger", textContent: "Revoke" });
    revoke.setAttribute("aria-label", `Revoke ${name}`);
    revoke.addEventListener("click", () => {
      if (!window.confirm(`Revoke “${name}”? Whoever uses it is shut out at once, for ever.`)) return;
      attempt(revoke, async () => {
        await call("DELETE", `/api/v1/keys/${key.id}`);
        card.replaceWith(keyCard({ ...key, state: "revoked" }));
        say(`“${name}” is revoked: nothing is admitted with it any more.`);
      });
    });
    card.append(revoke);
  }
  return card;
}

async function showKeys(cursor = "") {
  const page = await call("GET", `/api/v1/keys?limit=${PAGE}${cursor && `&cursor=${cursor}`}`);
  const cards = page.items.map(keyCard);
  if (cursor) byId("keys").append(...cards);
  else byId("keys").replaceChildren(...cards);
  next = page.next_cursor ?? "";
  byId("more").hidden = !next;
}

/** The models are the gateway's affair: when it cannot say, the rest of the page is still good. */
async function showModels() {
  let models = [];
  try {
    models = (await call("GET", "/api/v1/models")).items ?? [];
  } catch (error) {
    byId("models").replaceChildren(element("li", { textContent: error.message }));
    return models;
  }
  byId("models").replaceChildren(...models.map((model) => element("li", {},
    element("div", { className: "grow" },
      element("strong", { textContent: model.name }),
      element("span", {
        className: "meta",
        textContent: [model.kind, model.state].filter(Boolean).join(" · "),
      })))));
  byId("no-models").hidden = models.length > 0;
  return models;
}

function curlLine(key, model) {
  const body = JSON.stringify({ model, messages: [{ role: "user", content: "Say hello" }] })
    .replaceAll("'", "'\\''"); // a model's name must not end the shell's quotes
  return `curl ${location.origin}/v1/chat/completions -H "Authorization: Bearer ${key}" `
    + `-H "Content-Type: application/json" -d '${body}'`;
}

async function create(form) {
  const wanted = { name: form.elements.name.value.trim() };
  const models = form.elements.models.value.split(/[\s,]+/).filter(Boolean);
  const days = Number(form.elements.days.value);
  const cap = form.elements.cap.value.trim();
  if (models.length) wanted.models = models;
  if (cap) wanted.cap = cap;
  if (days) wanted.expires_at = new Date(Date.now() + days * 86_400_000).toISOString();
  const key = await call("POST", "/api/v1/keys", wanted);
  const known = await showModels();
  const model = models[0] ?? known.find((one) => one.kind === "chat")?.name ?? "MODEL";
  byId("fresh-key").textContent = key.key;
  byId("fresh-curl").textContent = curlLine(key.key, model);
  byId("fresh").hidden = false;
  byId("fresh-title").focus();
  form.reset();
  say("");
  await showKeys();
}

async function copy(button, source) {
  await navigator.clipboard.writeText(byId(source).textContent);
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = "Copy"; }, 2000);
}

function showSignedOut() {
  csrf = "";
  byId("who").hidden = byId("sign-out").hidden = byId("signed-in").hidden = byId("fresh").hidden = true;
  byId("fresh-key").textContent = byId("fresh-curl").textContent = "";
  byId("signed-out").hidden = !!invitation;
  byId("invited").hidden = !invitation;
}

async function signIn(form) {
  const session = await call("POST", "/api/v1/sessions", {
    email: form.elements.email.value.trim(),
    password: form.elements.password.value,
  });
  form.reset();
  await showSignedIn(session);
  say("You are signed in.");
}

async function showInvitation(token) {
  const offer = await call("POST", "/api/v1/invitations/look", { token });
  invitation = token;
  byId("invited-to").textContent = `${offer.organization} invites ${offer.email ?? "you"} as ${offer.role}.`;
  byId("guest-email").value = offer.email ?? "";
  byId("guest-name").value = offer.name ?? "";
  byId("guest-name").readOnly = !!offer.name;
  csrf = "";
  showSignedOut();
}

async function accept(form) {
  const session = await call("POST", "/api/v1/invitations/accept", {
    token: invitation,
    name: form.elements.name.value.trim(),
    password: form.elements.password.value,
  });
  invitation = "";
  form.reset();
  await showSignedIn(session);
  say("Welcome. From now on you sign in with your e-mail and this password.");
}

/** Whoever has no e-mail yet names one with his first password. */
function askForEmail(needed) {
  byId("own-email-field").hidden = !needed;
  byId("own-email").required = needed;
}

async function setPassword(form) {
  const wanted = { password: form.elements.password.value };
  if (form.elements.old.value) wanted.old = form.elements.old.value;
  const email = form.elements.email.value.trim();
  if (email) wanted.email = email;
  await call("PUT", "/api/v1/session/password", wanted);
  if (email) askForEmail(false);
  form.reset();
  say("Your password is set. Your other browsers are signed out.");
}

async function showSignedIn(session) {
  csrf = session.csrf_token ?? "";
  byId("who").textContent = `${session.name ?? "Administrator"}, ${session.organization}`;
  byId("who").hidden = byId("sign-out").hidden = byId("signed-in").hidden = false;
  byId("signed-out").hidden = byId("invited").hidden = true;
  askForEmail(!session.email);
  const may = new Set(session.permissions);
  byId("create-section").hidden = !may.has("keys.write");
  byId("keys-section").hidden = !may.has("keys.read");
  await Promise.all([may.has("keys.read") && showKeys(), may.has("models.read") && showModels()]);
}

async function enter() {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const link = fragment.get("link");
  const offered = fragment.get("invitation");
  if (offered) {
    history.replaceState(null, "", location.pathname);
    try {
      await showInvitation(offered);
      return;
    } catch (error) {
      say(error.message, true);
    }
  }
  if (link) {
    // Out of the address bar and the history before anything else.
    history.replaceState(null, "", location.pathname);
    try {
      await showSignedIn(await call("POST", "/api/v1/admin-links/consume", { token: link }));
      say("You are signed in.");
      return;
    } catch (error) {
      say(error.message, true);
    }
  }
  try {
    await showSignedIn(await call("GET", "/api/v1/session"));
  } catch (error) {
    showSignedOut();
    if (error.status !== 401) say(error.message, true);
  }
}

byId("create").addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(event.submitter ?? event.target.querySelector("button"), () => create(event.target));
});
for (const [id, action] of [["sign-in", signIn], ["accept", accept], ["set-password", setPassword]]) {
  byId(id).addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(event.submitter ?? event.target.querySelector("button"), () => action(event.target));
  });
}
byId("more").addEventListener("click", (event) => attempt(event.target, () => showKeys(next)));
byId("copy-key").addEventListener("click", (event) => attempt(event.target, () => copy(event.target, "fresh-key")));
byId("copy-curl").addEventListener("click", (event) => attempt(event.target, () => copy(event.target, "fresh-curl")));
byId("sign-out").addEventListener("click", (event) => attempt(event.target, async () => {
  await call("DELETE", "/api/v1/session");
  showSignedOut();
  say("You are signed out.");
}));
// A second link opened in the same tab changes only the fragment.
window.addEventListener("hashchange", enter);
enter();
