export { compileTemplate, type Template } from "./template.ts";
export { formatIndentedJson, formatJson, type TemplateValue } from "./values.ts";
