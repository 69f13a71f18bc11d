// Runs before the page is drawn, so that what scripts will improve does not jump when they arrive.
document.body.classList.add('js-enabled');
if ('noModule' in HTMLScriptElement.prototype) document.body.classList.add('govuk-frontend-supported');
