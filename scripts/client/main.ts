/** `npm run client`: writes client/milepost.ts anew, whose format is then put in order. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { catalogue } from "../../api/catalogue.ts";
import { describeApi } from "../../api/openapi.ts";
import { generateClient } from "./generate.ts";

const FILE = join(import.meta.dirname, "..", "..", "client", "milepost.ts");

const document = describeApi(catalogue(), { version: "", bodyBytesMax: 0 });
writeFileSync(FILE, generateClient(JSON.parse(JSON.stringify(document))));
console.log(`Written: ${FILE}`);
