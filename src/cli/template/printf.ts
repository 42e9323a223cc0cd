import { formatValue, isMap, isStruct, type TemplateValue, typeName } from "./values.ts";

/** Wider padding than this is cut: a template has no use for it and it would cost memory. */
const widest = 4096;

/**
 * Go's fmt.Sprintf for the verbs that templates use: `%v %s %q %d %x %X %o %b %c %t %f %e %g %%` with flags, width and
 * precision. A verb that does not fit its value prints Go's `%!d(string=x)` (https://pkg.go.dev/fmt).
 */
export function sprintf(format: string, values: readonly TemplateValue[]): string {
  const pieces: string[] = [];
  const directive = /%([-+# 0]*)(\d{0,6})(?:\.(\d{0,6}))?(.?)/gsu;
  let used = 0;
  let at = 0;
  for (const match of format.matchAll(directive)) {
    pieces.push(format.slice(at, match.index));
    at = match.index + match[0].length;
    const [, flags = "", width = "", precision, verb = ""] = match;
    if (verb === "%") pieces.push("%");
    else if (verb === "") pieces.push("%!(NOVERB)");
    else if (used >= values.length) pieces.push(`%!${verb}(MISSING)`);
    else {
      const shape = {
        flags,
        width: Number(width),
        ...(precision === undefined ? {} : { precision: Number(precision) }),
      };
      pieces.push(formatDirective(verb, values[used], shape));
      used += 1;
    }
  }
  pieces.push(format.slice(at));
  if (used < values.length) {
    const extra = values.slice(used).map((value) => `${typeName(value)}=${formatValue(value)}`);
    pieces.push(`%!(EXTRA ${extra.join(", ")})`);
  }
  return pieces.join("");
}

interface Shape {
  readonly flags: string;
  readonly width: number;
  readonly precision?: number;
}

function formatDirective(verb: string, value: TemplateValue, shape: Shape): string {
  const text = formatVerb(verb, value, shape) ?? `%!${verb}(${typeName(value)}=${formatValue(value)})`;
  const width = Math.min(shape.width, widest);
  if (shape.flags.includes("-")) return text.padEnd(width);
  if (!shape.flags.includes("0") || typeof value !== "number") return text.padStart(width);
  const sign = /^[+-]/.test(text) ? (text[0] ?? "") : "";
  return sign + text.slice(sign.length).padStart(width - sign.length, "0");
}

function formatVerb(verb: string, value: TemplateValue, shape: Shape): string | undefined {
  if (verb === "v") return shape.flags.includes("#") ? JSON.stringify(value) : signed(formatValue(value), value, shape);
  if (Array.isArray(value)) return `[${value.map((item) => formatDirective(verb, item, shape)).join(" ")}]`;
  if (isMap(value) || isStruct(value)) return undefined;
  if (typeof value === "string") return formatString(verb, value, shape);
  if (typeof value === "number") return formatNumber(verb, value, shape);
  if (typeof value === "boolean" && verb === "t") return String(value);
  return undefined;
}

function formatString(verb: string, value: string, { precision, flags }: Shape): string | undefined {
  const cut = precision === undefined ? value : [...value].slice(0, precision).join("");
  if (verb === "s") return cut;
  if (verb === "q") return flags.includes("#") && !value.includes("`") ? `\`${cut}\`` : JSON.stringify(cut);
  if (verb === "x") return Buffer.from(cut).toString("hex");
  if (verb === "X") return Buffer.from(cut).toString("hex").toUpperCase();
  return undefined;
}

const bases: Readonly<Record<string, number>> = { d: 10, x: 16, X: 16, o: 8, b: 2 };

function formatNumber(verb: string, value: number, shape: Shape): string | undefined {
  const base = bases[verb];
  if (base !== undefined && Number.isInteger(value)) {
    const digits = value.toString(base);
    return signed(verb === "X" ? digits.toUpperCase() : digits, value, shape);
  }
  const decimals = Math.min(shape.precision ?? 6, 100);
  if (verb === "f" || verb === "F") return signed(value.toFixed(decimals), value, shape);
  if (verb === "e") return signed(value.toExponential(decimals).replace(/e([+-])(\d)$/, "e$10$2"), value, shape);
  if (verb === "g") return signed(formatValue(value), value, shape);
  if (verb === "c" && Number.isInteger(value) && value >= 0 && value <= 0x10ffff) return String.fromCodePoint(value);
  if (verb === "q" && Number.isInteger(value) && value >= 0 && value <= 0x10ffff)
    return `'${String.fromCodePoint(value)}'`;
  return undefined;
}

function signed(text: string, value: TemplateValue, { flags }: Shape): string {
  return flags.includes("+") && typeof value === "number" && value >= 0 ? `+${text}` : text;
}
