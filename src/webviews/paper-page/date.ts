const months = [
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

/** Writes an ISO date as precisely as it is given: `3 October 2023`, `October 2023`, `2023`. */
export function describeDate(date: string): string {
  const [year, month, day] = date.split('-');
  const name = months[Number(month) - 1];
  if (year === undefined || month === undefined || name === undefined) return year ?? date;
  return day === undefined ? `${name} ${year}` : `${Number(day)} ${name} ${year}`;
}
