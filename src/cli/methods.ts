import { loadMethods } from '../corpus/load-methods.ts';
import type { Method } from '../corpus/method.ts';
import { Misuse } from './misuse.ts';

/** The built-in method with this id. Throws, with what there is instead, where there is none. */
export async function methodById(distribution: string, id: string): Promise<Method> {
  const methods = await loadMethods(distribution);
  const method = methods.find((each) => each.id === id);
  if (method) return method;
  const alike = methods.map((each) => each.id).filter((other) => other.includes(id) || id.includes(other));
  const hint = alike.length > 0 ? `Did you mean ${alike.join(' or ')}?` : '`marginalia methods` lists them.';
  throw new Misuse(`there is no method "${id}". ${hint}`);
}
