// A form that makes or uses a passkey, wholly or by one of its buttons (the one within data-passkey-way): asks the site what to sign, the browser to sign it, and sends the answer with the form. What the site then makes of it is its own to say.
const words = {
  create: 'No passkey was made. Try again, or set up an authenticator app instead.',
  get: 'No passkey was used. Try again, or go on without it.',
};

function known() {
  return typeof PublicKeyCredential !== 'undefined' && 'parseRequestOptionsFromJSON' in PublicKeyCredential;
}

async function ask(form) {
  const reply = await fetch(form.dataset.passkeyOptions, {
    method: 'POST',
    redirect: 'error',
    headers: { RequestVerificationToken: form.querySelector('input[name="__RequestVerificationToken"]').value },
  });
  if (!reply.ok) throw new Error('refused');
  const options = await reply.json();
  return form.dataset.passkey === 'create'
    ? navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
    : navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
}

for (const form of document.querySelectorAll('form[data-passkey]')) {
  const says = form.querySelector('[data-passkey-says]');
  const way = form.querySelector('[data-passkey-way]') ?? form;
  if (known()) way.hidden = false;
  form.addEventListener('submit', async event => {
    const answer = form.querySelector('[data-passkey-answer]');
    if (answer.value || !known() || (way !== form && !way.contains(event.submitter))) return;
    event.preventDefault();
    says.hidden = true;
    try {
      answer.value = JSON.stringify(await ask(form));
      form.requestSubmit();
    } catch {
      // Called off, timed out, or the device knows no passkey of this site.
      says.textContent = words[form.dataset.passkey];
      says.hidden = false;
    }
  });
}
