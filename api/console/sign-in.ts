/** How one comes into the console: by the administrator's token, in exchange for a session. */
import { html } from "../pages/html.ts";
import { type Page, rootFrom } from "../pages/page.ts";

export interface SignIn {
  readonly at: string;
  /** Where to go then, from our root. */
  readonly to: string;
  readonly isWrong?: boolean;
}

export function signInPage({ at, to, isWrong = false }: SignIn): Page {
  return {
    title: "Sign in",
    at,
    styles: ["console.css"],
    main: html`<article class="sign-in">
<h1>Sign in to the console</h1>
${isWrong && html`<p class="banner banner--bad" role="alert" id="wrong">This is not the administrator's token.</p>`}
<form method="post" action="${rootFrom(at)}console/sign-in">
<input type="hidden" name="to" value="${to}">
<input type="text" name="username" value="administrator" autocomplete="username" readonly hidden>
<p><label for="token">The administrator's token</label>
<input id="token" name="token" type="password" required autocomplete="current-password" maxlength="4096"${isWrong && html` aria-invalid="true" aria-describedby="wrong"`}></p>
<p><button>Sign in</button></p>
</form>
<p class="soft">It is <code>ADMIN_TOKEN</code>. Where Milepost has made it itself, it said at its start in which file.</p>
</article>`,
  };
}
