import type { JsonObject } from "../../json.ts";
import { consumedCapacity, noneConsumed, readUnits } from "../capacity.ts";
import { type Catalogue, tableName } from "../catalogue.ts";
import { notFound } from "../errors.ts";
import { project } from "../expressions/paths.ts";
import { Placeholders } from "../expressions/placeholders.ts";
import { checkStyle, projectionOf } from "../expressions/request.ts";
import type { Items } from "../items.ts";
import { parseKey, rowKey } from "../keys.ts";
import { checkShape } from "../shape.ts";
import { GET_ITEM } from "../shapes.ts";
import { checkKeyPaths, objectOf } from "./writes.ts";

export class Reads {
  readonly #catalogue: Catalogue;
  readonly #items: Items;

  constructor(catalogue: Catalogue, items: Items) {
    this.#catalogue = catalogue;
    this.#items = items;
  }

  getItem(input: JsonObject, region: string): JsonObject {
    checkShape(GET_ITEM, input);
    checkStyle(input, ["ProjectionExpression"], ["AttributesToGet"]);
    const placeholders = new Placeholders(input);
    const paths = projectionOf(input, placeholders);
    placeholders.checkAllUsed();
    const table = this.#catalogue.get(tableName(input), region, notFound());
    const key = rowKey(table.key, parseKey(table, objectOf(input, "Key")));
    if (paths !== undefined) checkKeyPaths(table, paths);
    const found = this.#items.find(table, key);
    const answer: JsonObject = {};
    if (found !== undefined) answer.Item = paths === undefined ? found.item : project(found.item, paths);
    const consumed = noneConsumed();
    consumed.table = readUnits(found?.size ?? 0, input.ConsistentRead === true);
    const capacity = consumedCapacity(input, table, consumed);
    if (capacity !== undefined) answer.ConsumedCapacity = capacity;
    return answer;
  }
}
