// The inverse modified discrete cosine transform (ISO/IEC 14496-3 §4.6.11.3.1), by way of a
// DCT-IV and a complex FFT of a quarter of the window's length.
//
//   x[n] = 1/M · Σ X[k] · cos(π/M · (n + 1/2 + M/2) · (k + 1/2)),  n < 2M, M coefficients

export class Imdct {
  readonly #size: number;
  /** cos and −sin of the rotation before and after the FFT. */
  readonly #rotation: Float64Array;
  readonly #roots: Float64Array;
  readonly #order: Uint16Array;
  readonly #real: Float64Array;
  readonly #imaginary: Float64Array;
  readonly #dct: Float64Array;

  /** `size`: how many coefficients, a power of two. */
  constructor(size: number) {
    const half = size / 2;
    this.#size = size;
    this.#rotation = circle(half, (index) => (Math.PI * (8 * index + 1)) / (8 * size));
    this.#roots = circle(half / 2, (index) => (2 * Math.PI * index) / half);
    this.#order = Uint16Array.from({ length: half }, (_, index) => reverseBits(index, half));
    this.#real = new Float64Array(half);
    this.#imaginary = new Float64Array(half);
    this.#dct = new Float64Array(size);
  }

  /** Writes 2 · size values into `output`. */
  run(coefficients: Float64Array, output: Float64Array): void {
    this.#rotateIn(coefficients);
    this.#transform();
    this.#rotateOut();
    this.#unfold(output);
  }

  #rotateIn(coefficients: Float64Array): void {
    const size = this.#size;
    for (let index = 0; index < size / 2; index++) {
      const a = coefficients[2 * index] ?? 0;
      const b = coefficients[size - 1 - 2 * index] ?? 0;
      const cos = this.#rotation[2 * index] ?? 0;
      const sin = this.#rotation[2 * index + 1] ?? 0;
      const to = this.#order[index] ?? 0;
      this.#real[to] = a * cos - b * sin;
      this.#imaginary[to] = a * sin + b * cos;
    }
  }

  /** Radix 2, in place; the input is in bit-reversed order already. */
  #transform(): void {
    const length = this.#real.length;
    for (let span = 1; span < length; span *= 2) {
      const stride = length / (2 * span);
      for (let index = 0; index < span; index++) {
        const cos = this.#roots[2 * index * stride] ?? 0;
        const sin = this.#roots[2 * index * stride + 1] ?? 0;
        for (let at = index; at < length; at += 2 * span) this.#butterfly(at, at + span, cos, sin);
      }
    }
  }

  #butterfly(low: number, high: number, cos: number, sin: number): void {
    const [real, imaginary] = [this.#real, this.#imaginary];
    const hr = real[high] ?? 0;
    const hi = imaginary[high] ?? 0;
    const turnedReal = hr * cos - hi * sin;
    const turnedImaginary = hr * sin + hi * cos;
    const lr = real[low] ?? 0;
    const li = imaginary[low] ?? 0;
    real[low] = lr + turnedReal;
    imaginary[low] = li + turnedImaginary;
    real[high] = lr - turnedReal;
    imaginary[high] = li - turnedImaginary;
  }

  #rotateOut(): void {
    const size = this.#size;
    for (let index = 0; index < size / 2; index++) {
      const real = this.#real[index] ?? 0;
      const imaginary = this.#imaginary[index] ?? 0;
      const cos = this.#rotation[2 * index] ?? 0;
      const sin = this.#rotation[2 * index + 1] ?? 0;
      this.#dct[2 * index] = (real * cos - imaginary * sin) / size;
      this.#dct[size - 1 - 2 * index] = -(real * sin + imaginary * cos) / size;
    }
  }

  /** The DCT-IV continues evenly to the left and oddly to the right. */
  #unfold(output: Float64Array): void {
    const size = this.#size;
    const half = size / 2;
    for (let index = 0; index < half; index++) {
      output[index] = this.#dct[half + index] ?? 0;
      output[size + half + index] = -(this.#dct[index] ?? 0);
    }
    for (let index = 0; index < size; index++) {
      output[half + index] = -(this.#dct[size - 1 - index] ?? 0);
    }
  }
}

/** cos and −sin of angles, in turn. */
function circle(count: number, angleAt: (index: number) => number): Float64Array {
  return Float64Array.from({ length: 2 * count }, (_, at) => {
    const angle = angleAt(at >> 1);
    return at % 2 === 0 ? Math.cos(angle) : -Math.sin(angle);
  });
}

function reverseBits(value: number, length: number): number {
  let reversed = 0;
  for (let bit = 1; bit < length; bit *= 2) reversed = reversed * 2 + (value & bit ? 1 : 0);
  return reversed;
}
