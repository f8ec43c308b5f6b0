import type { JsonObject } from "../../json.ts";
import { consumedCapacity, isCapacityWanted, noneConsumed, readUnits } from "../capacity.ts";
import { type Catalogue, tableName } from "../catalogue.ts";
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
    const table = this.#catalogue.get(tableName(input), region);
    const key = rowKey(table.key, parseKey(table, objectOf(input, "Key")));
    if (paths !== undefined) checkKeyPaths(table, paths);
    const found = this.#items.find(table, key);
    const answer: JsonObject = {};
    if (found !== undefined) answer.Item = paths === undefined ? found.item : project(found.item, paths);
    if (!isCapacityWanted(input)) return answer;
    const consumed = noneConsumed();
    consumed.table = readUnits(found?.size ?? 0, input.ConsistentRead === true);
    answer.ConsumedCapacity = consumedCapacity(input, table, consumed);
    return answer;
  }
}
