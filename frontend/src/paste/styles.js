// The inline styles of what is pasted, under the name that the content security policy does not see.
export const STYLE = "data-was-style";

export const styleOf = (node) => node.getAttribute?.(STYLE) ?? "";

// Every node whose own style matches.
export const styled = (root, look) => [...root.querySelectorAll(`[${STYLE}]`)].filter((node) => look.test(styleOf(node)));
