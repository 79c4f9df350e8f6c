// The page's elements, by id. The markup is in index.html.

/** Find returns an element of the page. */
export type Find = <E extends HTMLElement>(id: string) => E;

/** finder makes a Find. An element that is not there is a bug in the page. */
export function finder(document: Document): Find {
  return <E extends HTMLElement>(id: string): E => {
    const element = document.getElementById(id);
    if (element === null) throw new Error(`the page has no element ${id}`);
    return element as E;
  };
}
