// The console's script: keeps the page up to date, asks before it acts, and checks drafts while they are written.
const byId = id => document.getElementById(id);
const told = byId("told"), link = byId("link");

function tell(text) {
  told.textContent = text;
  clearTimeout(tell.timer);
  tell.timer = setTimeout(() => { told.textContent = ""; }, 15000);
}

async function post(path, content = {}) {
  let answer, document;
  try {
    answer = await fetch(path, {method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(content)});
    document = await answer.json();
  } catch {
    document = {error: "the console does not answer; run lunora console again"};
  }
  return {ok: Boolean(answer?.ok), document};
}

// Make a piece of the page as another one is, and leave the rest alone: focus, selections and open details stay.
function morph(current, wanted) {
  if (current.nodeType !== wanted.nodeType || current.nodeName !== wanted.nodeName) {
    current.replaceWith(wanted.cloneNode(true));
    return;
  }
  if (current.nodeType !== Node.ELEMENT_NODE) {
    if (current.nodeValue !== wanted.nodeValue) current.nodeValue = wanted.nodeValue;
    return;
  }
  for (const {name} of [...current.attributes])
    if (!wanted.hasAttribute(name) && name !== "open") current.removeAttribute(name);
  for (const {name, value} of wanted.attributes)
    if (current.getAttribute(name) !== value) current.setAttribute(name, value);
  morphChildren(current, wanted);
}

function morphChildren(current, wanted) {
  // What has an id is followed through all changes of its place.
  const named = new Map([...current.children].filter(child => child.id).map(child => [child.id, child]));
  let place = current.firstChild;
  for (const child of [...wanted.childNodes]) {
    const known = child.id && named.get(child.id);
    if (known) {
      if (known !== place) current.insertBefore(known, place);
      else place = place.nextSibling;
      morph(known, child);
    } else if (place && !place.id && !child.id) {
      const next = place.nextSibling;
      morph(place, child);
      place = next;
    } else {
      current.insertBefore(child.cloneNode(true), place);
    }
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}

const fragment = document.querySelector("[data-fragment]");
let loading = false, again = false;

async function renew() {
  if (!fragment) return;
  if (loading) { again = true; return; }
  loading = true;
  try {
    const answer = await fetch(fragment.dataset.fragment);
    if (answer.ok) {
      const wanted = document.createElement("template");
      wanted.innerHTML = await answer.text();
      morphChildren(fragment, wanted.content);
      showAges();
      count();
    }
  } catch {
    // The stream of events shows that the console is gone.
  }
  loading = false;
  if (again) { again = false; renew(); }
}

function showAges() {
  for (const time of document.querySelectorAll("time.age")) {
    const seconds = Math.max(0, Math.round((Date.now() - new Date(time.dateTime)) / 1000));
    const text = seconds < 120 ? `${seconds} s ago` : seconds < 7200 ? `${Math.round(seconds / 60)} min ago` : `${Math.round(seconds / 3600)} h ago`;
    if (time.textContent !== text) time.textContent = text;
  }
}

const events = new EventSource("/events");
events.onopen = () => { link.className = ""; link.textContent = "live"; };
events.onmessage = renew;
events.onerror = () => { link.className = "lost"; link.textContent = "not connected"; };
addEventListener("pagehide", () => events.close());
setInterval(showAges, 1000);
showAges();

const dialog = byId("confirm");
let answered = () => {};
function answer() {
  answered(dialog.returnValue === "yes");
  answered = () => {};
}
// A browser tells later that a dialog was closed, perhaps when it is open again.
dialog.addEventListener("close", () => { if (!dialog.open) answer(); });

function confirmed(question, consequence, yes) {
  answer();
  byId("question").textContent = question;
  byId("consequence").textContent = consequence;
  byId("yes").textContent = yes;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise(done => { answered = done; });
}

const CONSEQUENCES = {
  start: "AWS bills a running channel. The next pulumi up restores what the files declare.",
  stop: "Viewers see the stream end. The watchdog does not start it again; the next pulumi up restores what the files declare.",
  restart: "Viewers see an interruption of some minutes.",
};

async function act(action, names) {
  const title = action[0].toUpperCase() + action.slice(1);
  const what = names.length === 1 ? names[0] : `${names.length} destinations`;
  const list = names.length === 1 ? "" : `${names.join(", ")}. `;
  if (!await confirmed(`${title} ${what}?`, list + CONSEQUENCES[action], `${title} ${what}`)) return;
  const {ok, document} = await post("/operations", {action, names});
  tell(ok ? `${action} of ${what} begins` : document.error);
}

const picks = () => [...document.querySelectorAll("input[name=pick]")];

const tagsOf = pick => JSON.parse(pick.dataset.tags);

function listTags() {
  const select = byId("pick-tag"), tags = [...new Set(picks().flatMap(tagsOf))].sort();
  const listed = [...select.options].slice(1).map(option => option.value);
  if (tags.join("\n") !== listed.join("\n")) select.replaceChildren(select.options[0], ...tags.map(tag => new Option(tag)));
  byId("tagged").hidden = tags.length === 0;
}

function count() {
  if (!byId("picked")) return;
  listTags();
  const picked = picks().filter(pick => pick.checked);
  byId("picked").textContent = picked.length ? `${picked.length} selected` : "none selected";
  byId("pick-all").checked = picked.length > 0 && picked.length === picks().length;
  for (const button of document.querySelectorAll("[data-group]"))
    button.disabled = !picked.some(pick => pick.dataset.actions.split(" ").includes(button.dataset.group));
}

document.addEventListener("change", event => {
  if (event.target.id === "pick-all") for (const pick of picks()) pick.checked = event.target.checked;
  if (event.target.id === "pick-tag") for (const pick of picks()) pick.checked = tagsOf(pick).includes(event.target.value);
  count();
});

document.addEventListener("click", async event => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.action) await act(button.dataset.action, [button.dataset.name]);
  if (button.dataset.group) {
    const able = picks().filter(pick => pick.checked && pick.dataset.actions.split(" ").includes(button.dataset.group));
    await act(button.dataset.group, able.map(pick => pick.value));
  }
  if (button.id === "refresh") {
    const {ok, document} = await post("/refresh");
    tell(ok ? "reading AWS" : document.error);
  }
  if (button.id === "run-preview") {
    const {ok, document} = await post("/preview");
    if (!ok) tell(document.error);
  }
});
count();

const form = byId("file");
if (form) {
  const text = byId("text"), name = byId("name"), fields = [...form.querySelectorAll("[data-field]")];
  let asked = 0, waiting;

  const lines = (items, kind) => items.map(item => {
    const line = document.createElement("li");
    line.className = kind;
    line.textContent = `${item.file}${item.line ? `:${item.line}` : ""}: ${item.code}: ${item.key ? `${item.key}: ` : ""}${item.message}`;
    return line;
  });

  function showFindings(errors, warnings) {
    const list = document.createElement("ul");
    list.append(...lines(errors, "error"), ...lines(warnings, "warning"));
    byId("findings").replaceChildren(...(list.children.length ? [list] : []));
  }

  function showPatch(patch) {
    byId("patch").replaceChildren(...patch.split("\n").filter(Boolean).map(line => {
      const piece = document.createElement("span");
      piece.className = /^(\+\+\+|---|@@)/.test(line) ? "meta" : {"+": "added", "-": "removed"}[line[0]] ?? "same";
      piece.textContent = `${line}\n`;
      return piece;
    }));
  }

  async function check(changes = {}) {
    const number = ++asked;
    byId("file-name").textContent = name.value || "…";
    const {ok, document: result} = await post("/files/check", {name: name.value, text: text.value, changes});
    // An answer that another question has overtaken says nothing of the text that is there.
    if (number !== asked) return;
    byId("save").disabled = !ok || result.errors.length > 0;
    if (!ok) { tell(result.error); return; }
    if (text.value !== result.text) text.value = result.text;
    for (const field of fields) {
      const value = result.fields[field.dataset.field] ?? "";
      if (field === document.activeElement && field.tagName === "INPUT") continue;
      if (field.tagName === "SELECT" && value && ![...field.options].some(option => option.value === value)) field.add(new Option(value));
      field.value = value;
    }
    showFindings(result.errors, result.warnings);
    showPatch(result.patch);
    byId("cost").textContent = result.cost;
    byId("secrets").hidden = result.secrets.length === 0;
    for (const kind of ["key", "passphrase"]) byId(`secret-${kind}`).hidden = !result.secrets.includes(kind);
  }

  const soon = changes => { clearTimeout(waiting); ++asked; byId("save").disabled = true; waiting = setTimeout(() => check(changes), 250); };
  text.addEventListener("input", () => soon());
  name.addEventListener("input", () => soon());
  for (const field of fields)
    field.addEventListener(field.tagName === "SELECT" ? "change" : "input", () => soon({[field.dataset.field]: field.value}));

  form.addEventListener("submit", async event => {
    event.preventDefault();
    const secrets = Object.fromEntries(["key", "passphrase"].map(kind => [kind, byId(`secret-${kind}`).hidden ? "" : byId(kind).value]));
    const {ok, document: result} = await post("/files/save", {name: name.value, text: text.value, known: form.dataset.known || null, ...secrets});
    if (ok) {
      await post("/preview");
      location.assign(`/files/edit/${name.value}`);
      return;
    }
    for (const kind of ["key", "passphrase"]) byId(kind).value = "";
    if (result.errors) showFindings(result.errors, []);
    tell(result.error);
  });
  check();
}
