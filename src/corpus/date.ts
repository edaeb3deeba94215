/**
 * Dates as precise as their source: `2023-10-03`, `2023-10`, `2023`, or `--10-03` where the source gives a day and no
 * year (the ISO 8601 form for that).
 */
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const DATE = /^(?:(\d{4})|-)(?:-(\d{2}))?(?:-(\d{2}))?$/;

/** Reads `Oct 3, 2023` or `Jun 9`; `undefined` where it is no such date. */
export function readMonthDay(text: string): string | undefined {
  const parts = /^([A-Z][a-z]{2,8})\.? (\d{1,2})(?:, (\d{4}))?$/.exec(text);
  if (!parts) return undefined;
  const month = MONTHS.findIndex((name) => name === parts[1] || name.slice(0, 3) === parts[1]);
  const day = Number(parts[2]);
  if (month < 0 || day < 1 || day > DAYS[month]!) return undefined;
  const monthDay = `${String(month + 1).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
  return `${parts[3] ?? '-'}-${monthDay}`;
}

export function yearOf(date: string | undefined): number | undefined {
  const year = date === undefined ? undefined : DATE.exec(date)?.[1];
  return year === undefined ? undefined : Number(year);
}

/** 1 to 12. */
export function monthOf(date: string | undefined): number | undefined {
  const month = date === undefined ? undefined : DATE.exec(date)?.[2];
  return month === undefined ? undefined : Number(month);
}

/** For people: `3 October 2023`, `October 2023`, `2023`, or `3 October` where the year is not known. */
export function displayDate(date: string): string {
  const parts = DATE.exec(date);
  if (!parts) return date;
  const [, year, month, day] = parts;
  const words = [day && String(Number(day)), month && MONTHS[Number(month) - 1], year];
  return words.filter((word) => word !== undefined && word !== '').join(' ');
}

/** The one of two dates of the same paper that says more; of two that say as much, the earlier. */
export function betterDate(one: string | undefined, other: string | undefined): string | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  const difference = precision(one) - precision(other);
  if (difference !== 0) return difference > 0 ? one : other;
  return one < other ? one : other;
}

function precision(date: string): number {
  return yearOf(date) === undefined ? 0 : date.length;
}
