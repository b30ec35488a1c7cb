import { isoSeconds } from '../clock.js';
import type { Person, WebApp } from '../model.js';
import type { Store } from '../store.js';
import { countedList, group, number, quoted, text, type Value } from './record.js';

export const date = (milliseconds: number): Value => text(isoSeconds(milliseconds));

export function person({ id, username, firstName, lastName }: Person): Value {
  return group([
    ['id', number(id)],
    ['username', text(username)],
    ['firstName', quoted(firstName)],
    ['lastName', quoted(lastName)],
  ]);
}

export function tagList(store: Store, ids: readonly number[]): Value {
  const tags = store.seed.tags.filter(({ id }) => ids.includes(id));
  return countedList(
    'Tag',
    tags.map(({ id, name }) =>
      group([
        ['id', number(id)],
        ['name', quoted(name)],
      ]),
    ),
  );
}

/** An id with its name, as records refer to each other. */
export function reference(id: number, name: string): Value {
  return group([
    ['id', number(id)],
    ['name', quoted(name)],
  ]);
}

export function webAppReference(webApp: WebApp): Value {
  return group([
    ['id', number(webApp.id)],
    ['name', quoted(webApp.name)],
    ['url', quoted(webApp.url)],
  ]);
}
