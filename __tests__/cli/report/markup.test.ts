import { html, Markup } from "../../../cli/report/markup";

test("values are escaped, in text and in attributes, and markup in markup is not", () => {
  const name = `<b a="1">&'`;
  expect(html`<p title="${name}">${name}${html`<i>${7}</i>`}${["<", html`<hr>`]}</p>`.text).toBe(
    '<p title="&#60;b a=&#34;1&#34;&#62;&#38;&#39;">&#60;b a=&#34;1&#34;&#62;&#38;&#39;<i>7</i>&#60;<hr></p>',
  );
  expect(html`${new Markup("<br>")}`.text).toBe("<br>");
});
