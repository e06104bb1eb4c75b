// JSON.parse and a compiled ajv schema over the lines of a file. Usage: validate.js FILE SCHEMA.
"use strict";
const fs = require("node:fs");
const Ajv = require("ajv");

// Bytes, as they come from a pipe or file: JSON.parse decodes them.
const lines = [];
const file = fs.readFileSync(process.argv[2]);
for (let at = 0, end; at < file.length; at = end + 1) {
  end = file.indexOf(10, at);
  if (end < 0) end = file.length;
  if (end > at) lines.push(Buffer.from(file.subarray(at, end)));
}
const isValid = new Ajv().compile(JSON.parse(fs.readFileSync(process.argv[3], "utf8")));
const rates = [];
let invalid = 0;
for (let round = 0; round < 31; round++) {
  const began = process.hrtime.bigint();
  invalid = 0;
  for (const line of lines) if (!isValid(JSON.parse(line))) invalid++;
  rates.push((lines.length * 1e9) / Number(process.hrtime.bigint() - began));
}
rates.sort((a, b) => a - b);
console.log(JSON.stringify({ what: "validate", perSecond: rates[rates.length >> 1], invalid }));
