/**
 * A template value as text, with references in angle brackets: `arn:<AWS::Partition>:s3:::<Bucket>/errors/*`. Enough to
 * read what a template says; the twin resolves it for real.
 */
export function rendered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rendered);
  if (typeof value !== 'object' || value === null) return value;
  const intrinsic = value as Record<string, unknown>;
  if (typeof intrinsic.Ref === 'string') return `<${intrinsic.Ref}>`;
  const attribute = intrinsic['Fn::GetAtt'];
  if (Array.isArray(attribute)) return `<${attribute.join('.')}>`;
  if ('Fn::ImportValue' in intrinsic) return `<${String(intrinsic['Fn::ImportValue'])}>`;
  const join = intrinsic['Fn::Join'];
  if (Array.isArray(join)) return (join[1] as unknown[]).map(rendered).join(String(join[0]));
  if ('Fn::Sub' in intrinsic) return String(intrinsic['Fn::Sub']).replace(/\$\{([^}]+)\}/g, '<$1>');
  return Object.fromEntries(Object.entries(intrinsic).map(([key, inner]) => [key, rendered(inner)]));
}
