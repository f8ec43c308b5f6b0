/** A moment as S3's documents write it: to the second, with the fraction always written as none. */
export function documentMoment(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d{3}Z$/, ".000Z");
}
