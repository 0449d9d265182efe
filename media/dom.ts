/** Makes elements. Text is always set as text, never as HTML. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const res = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) res.setAttribute(key, value);
  res.append(...children);
  return res;
}

export function button(label: string, onClick: () => void): HTMLButtonElement {
  const res = element("button", { type: "button" }, label);
  res.addEventListener("click", onClick);
  return res;
}
