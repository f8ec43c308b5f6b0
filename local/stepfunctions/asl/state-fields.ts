/** Which fields each type of state has besides Type, Comment and QueryLanguage; AWS refuses all others. */
export const STATE_TYPES = ["Task", "Wait", "Pass", "Succeed", "Fail", "Choice", "Parallel", "Map"] as const;
export type StateType = (typeof STATE_TYPES)[number];

const EVERY = ["Type", "Comment", "QueryLanguage"];
const DATA = ["InputPath", "OutputPath", "Output"];
const STEP = [...DATA, "Assign", "Next", "End"];
const RESULT = ["ResultPath", "ResultSelector", "Parameters", "Retry", "Catch"];
const MAP = [
  ...["ItemProcessor", "Iterator", "ItemsPath", "Items", "ItemSelector", "ItemReader", "ItemBatcher", "ResultWriter", "Label"],
  ...["MaxConcurrency", "MaxConcurrencyPath", "ToleratedFailurePercentage", "ToleratedFailurePercentagePath"],
  ...["ToleratedFailureCount", "ToleratedFailureCountPath"],
];

export const STATE_FIELDS: Readonly<Record<StateType, ReadonlySet<string>>> = {
  Pass: new Set([...EVERY, ...STEP, "Result", "ResultPath", "Parameters"]),
  Task: new Set([
    ...[...EVERY, ...STEP, ...RESULT, "Arguments", "Resource", "Credentials"],
    ...["TimeoutSeconds", "TimeoutSecondsPath", "HeartbeatSeconds", "HeartbeatSecondsPath"],
  ]),
  Wait: new Set([...EVERY, ...STEP, "Seconds", "Timestamp", "SecondsPath", "TimestampPath"]),
  Choice: new Set([...EVERY, ...DATA, "Assign", "Choices", "Default"]),
  Succeed: new Set([...EVERY, ...DATA]),
  Fail: new Set([...EVERY, "Error", "Cause", "ErrorPath", "CausePath"]),
  Parallel: new Set([...EVERY, ...STEP, ...RESULT, "Arguments", "Branches"]),
  Map: new Set([...EVERY, ...STEP, ...RESULT, ...MAP]),
};
