/** Sweeps after which nothing changes any more at this size. */
const SWEEPS = 12;
const SMALL = 1e-12;

/** The directions in which rows that are centred differ, the most telling first: eigenvectors of their covariance, by Jacobi. */
export function principalDirections(rows: readonly Float64Array[]): Float64Array[] {
  const size = rows[0]?.length ?? 0;
  const covariance = covarianceOf(rows, size);
  const vectors = Array.from({ length: size }, (_, at) => {
    const row = new Float64Array(size);
    row[at] = 1;
    return row;
  });
  for (let sweep = 0; sweep < SWEEPS; sweep += 1)
    for (let p = 0; p < size; p += 1)
      for (let q = p + 1; q < size; q += 1) rotate(covariance, vectors, [p, q]);
  const order = [...covariance.keys()].toSorted((a, b) => at(covariance, b, b) - at(covariance, a, a));
  return order.map((column) => Float64Array.from(vectors, (row) => row[column] ?? 0));
}

const at = (matrix: readonly Float64Array[], row: number, column: number): number =>
  matrix[row]?.[column] ?? 0;

function covarianceOf(rows: readonly Float64Array[], size: number): Float64Array[] {
  const sums = Array.from({ length: size }, () => new Float64Array(size));
  for (const row of rows)
    for (const [a, one] of row.entries()) {
      const target = sums[a];
      if (!target) continue;
      for (const [b, other] of row.entries()) target[b] = (target[b] ?? 0) + (one * other) / rows.length;
    }
  return sums;
}

/** Makes one pair of entries zero, on both sides of the matrix, and keeps what was done in `vectors`. */
function rotate(
  matrix: readonly Float64Array[],
  vectors: readonly Float64Array[],
  [p, q]: readonly [number, number],
): void {
  const shared = at(matrix, p, q);
  if (Math.abs(shared) < SMALL) return;
  const theta = (at(matrix, q, q) - at(matrix, p, p)) / (2 * shared);
  const tangent = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const cosine = 1 / Math.sqrt(tangent * tangent + 1);
  const sine = tangent * cosine;
  for (const row of [...matrix, ...vectors]) {
    const [a, b] = [row[p] ?? 0, row[q] ?? 0];
    row[p] = cosine * a - sine * b;
    row[q] = sine * a + cosine * b;
  }
  const [above, below] = [matrix[p], matrix[q]];
  if (!above || !below) return;
  for (const column of above.keys()) {
    const [a, b] = [above[column] ?? 0, below[column] ?? 0];
    above[column] = cosine * a - sine * b;
    below[column] = sine * a + cosine * b;
  }
}
