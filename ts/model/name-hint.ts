/** Networks whose trained weights are files of the package. */
const SHIPPED = ['lenet5', 'squeezenet1_1'];

/**
 * What to do about a location where nothing is, if its last part looks like the name of a network: names are not looked up, so that
 * a path or URL is all that a text can mean.
 */
export function nameHint(location: string): string | undefined {
  const [, name] = /^(?:[^?#]*[\\/])?([a-z]\w*)$/i.exec(location) ?? [];
  if (name === undefined) return undefined;
  if (SHIPPED.includes(name)) return `a text is taken as a path or URL; of the model that ships: import { ${name} } from 'receptive/assets', and load(${name})`;
  return `a text is taken as a path or URL; for a network by name, load(models.NAME(), { weights }), and receptive/assets has the files that ship: ${SHIPPED.join(', ')}`;
}
