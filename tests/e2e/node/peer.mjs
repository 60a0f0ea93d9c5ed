// Reads a QR code: rows of "1" (dark) and "0" on standard input, with their border; its text on standard output.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const module = createRequire(import.meta.url)("jsqr");
const read = module.default ?? module;

const rows = readFileSync(0, "utf8").trim().split("\n");
const scale = 6; // a reader wants pixels, not modules
const side = rows.length * scale;
const pixels = new Uint8ClampedArray(side * side * 4);
for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
        const dark = rows[Math.floor(y / scale)][Math.floor(x / scale)] === "1";
        pixels.set([dark ? 0 : 255, dark ? 0 : 255, dark ? 0 : 255, 255], (y * side + x) * 4);
    }
}
const found = read(pixels, side, side, { inversionAttempts: "dontInvert" });
if (!found) {
    console.error("no code is seen");
    process.exit(1);
}
console.log(found.data);
