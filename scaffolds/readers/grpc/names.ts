import protobuf from 'protobufjs';

/** A full name without the dot before it. */
export const fullName = (object: protobuf.ReflectionObject): string => object.fullName.replace(/^\./, '');

/** The comment of a thing in words; undefined where there is none. */
export function commentOf(object: protobuf.ReflectionObject): string | undefined {
  // Absent, against its type, for what came from descriptors.
  const text = (object.comment as string | null | undefined)?.trim() ?? '';
  return text === '' ? undefined : text.slice(0, 4_000);
}

/** A field's name in JSON (ProtoJSON, "Field names"). */
export function jsonName(field: protobuf.Field): string {
  const own: unknown = field.options?.['json_name'];
  if (typeof own === 'string' && own !== '') return own;
  return field.name.replaceAll(
    /_+([a-zA-Z0-9])?/g,
    (_, letter: string | undefined) => letter?.toUpperCase() ?? '',
  );
}

/** Services that every server may have beside its own. */
const BESIDE = /^grpc\.(?:reflection|health|channelz)\./;

/** The services below a namespace, without those that tell of the server itself. */
export function servicesIn(namespace: protobuf.NamespaceBase): protobuf.Service[] {
  return namespace.nestedArray.flatMap((one) => {
    if (one instanceof protobuf.Service) return BESIDE.test(fullName(one)) ? [] : [one];
    return one instanceof protobuf.Namespace ? servicesIn(one) : [];
  });
}

/** The messages below a namespace that an Any may hold. */
export function messagesIn(namespace: protobuf.NamespaceBase): protobuf.Type[] {
  return namespace.nestedArray.flatMap((one) => {
    const own = one instanceof protobuf.Type ? [one] : [];
    return one instanceof protobuf.Namespace ? [...own, ...messagesIn(one)] : own;
  });
}
