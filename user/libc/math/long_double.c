/*
 * long double's functions, which newlib has not where long double is larger than double: by the
 * x87's instructions (Intel SDM volume 1, chapter 8.3). Accurate to some units in the last place;
 * erfl, gamma and cbrtl only as double's.
 */
#include <math.h>

#include "user/libc/libc.h"

/* ---- sign and rounding ----------------------------------------------------------------------- */

long double fabsl(long double x)
{
    return __builtin_fabsl(x);
}

long double copysignl(long double x, long double y)
{
    return __builtin_copysignl(x, y);
}

enum rounding { NEAREST = 0, DOWN = 1, UP = 2, TO_ZERO = 3 };

static long double round_by(long double x, enum rounding how)
{
    uint16_t before, with;

    __asm__("fnstcw %0" : "=m"(before));
    with = (uint16_t)((before & ~0x0c00u) | (unsigned)how << 10);
    __asm__ volatile("fldcw %1\n\tfrndint\n\tfldcw %2" : "+t"(x) : "m"(with), "m"(before));
    return x;
}

long double floorl(long double x)
{
    return round_by(x, DOWN);
}

long double ceill(long double x)
{
    return round_by(x, UP);
}

long double truncl(long double x)
{
    return round_by(x, TO_ZERO);
}

long double rintl(long double x)
{
    __asm__("frndint" : "+t"(x));
    return x;
}

long double nearbyintl(long double x)
{
    return rintl(x);
}

long double roundl(long double x)
{
    long double whole = truncl(x);

    return fabsl(x - whole) >= 0.5L ? whole + copysignl(1, x) : whole;
}

long lrintl(long double x)
{
    return (long)rintl(x);
}

long long llrintl(long double x)
{
    return (long long)rintl(x);
}

long lroundl(long double x)
{
    return (long)roundl(x);
}

long long llroundl(long double x)
{
    return (long long)roundl(x);
}

long double modfl(long double x, long double *whole)
{
    *whole = truncl(x);
    return isinf(x) ? copysignl(0, x) : copysignl(x - *whole, x);
}

/* ---- exponents ------------------------------------------------------------------------------- */

long double scalbnl(long double x, int n)
{
    __asm__("fscale" : "+t"(x) : "u"((long double)n));
    return x;
}

long double scalblnl(long double x, long n)
{
    return scalbnl(x, n > 100000 ? 100000 : n < -100000 ? -100000 : (int)n);
}

long double ldexpl(long double x, int n)
{
    return scalbnl(x, n);
}

/* *part: the rest, in [1, 2). */
static long double split(long double x, long double *part)
{
    long double exponent;

    __asm__("fxtract" : "=t"(*part), "=u"(exponent) : "0"(x));
    return exponent;
}

long double logbl(long double x)
{
    long double part;

    return x == 0 ? -HUGE_VALL : isinf(x) ? HUGE_VALL : isnan(x) ? x : split(x, &part);
}

int ilogbl(long double x)
{
    return x == 0 ? FP_ILOGB0 : isinf(x) || isnan(x) ? FP_ILOGBNAN : (int)logbl(x);
}

long double frexpl(long double x, int *exponent)
{
    long double part;

    *exponent = 0;
    if (x == 0 || isinf(x) || isnan(x))
        return x;
    *exponent = (int)split(x, &part) + 1;
    return part / 2;
}

/* ---- remainders ------------------------------------------------------------------------------ */

#define REMAINDER(x, y, instruction)                                                               \
    __asm__("1:\t" instruction "\n\tfnstsw %%ax\n\ttestb $4, %%ah\n\tjnz 1b"                       \
            : "+t"(x)                                                                              \
            : "u"(y)                                                                               \
            : "ax", "cc")

long double fmodl(long double x, long double y)
{
    REMAINDER(x, y, "fprem");
    return x;
}

long double remainderl(long double x, long double y)
{
    REMAINDER(x, y, "fprem1");
    return x;
}

long double remquol(long double x, long double y, int *quotient)
{
    long double rest = remainderl(x, y);

    *quotient = (int)fmodl(rintl((x - rest) / y), 0x40000000);
    return rest;
}

/* ---- logarithms and powers ------------------------------------------------------------------- */

/* y · log2(x) */
static long double y_log2(long double y, long double x)
{
    __asm__("fyl2x" : "+t"(x) : "u"(y) : "st(1)");
    return x;
}

long double log2l(long double x)
{
    return y_log2(1, x);
}

long double logl(long double x)
{
    return y_log2(M_LN2l, x);
}

long double log10l(long double x)
{
    return y_log2(0.301029995663981195213738894724493027L, x);
}

long double log1pl(long double x)
{
    if (fabsl(x) > 0.29L)
        return logl(1 + x);
    long double result = x;

    __asm__("fyl2xp1" : "+t"(result) : "u"(M_LN2l) : "st(1)");
    return result;
}

/* 2^x - 1 for |x| ≤ 1 */
static long double power_less_1(long double x)
{
    __asm__("f2xm1" : "+t"(x));
    return x;
}

long double exp2l(long double x)
{
    if (isinf(x))
        return x > 0 ? x : 0;
    if (x > 20000 || x < -20000)
        return scalbnl(1, x > 0 ? 20000 : -20000);
    long double whole = rintl(x);

    return scalbnl(1 + power_less_1(x - whole), (int)whole);
}

/* The argument in two parts, so that log2(e) is exact enough for a large one. */
long double expl(long double x)
{
    static const long double ln2_high = 0x1.62e42fefa39ep-1L, ln2_low = 0x3.5793c7673007e5fp-53L;

    if (isnan(x) || isinf(x))
        return isnan(x) || x > 0 ? x : 0;
    if (x > 12000 || x < -12000)
        return scalbnl(1, x > 0 ? 20000 : -20000);
    long double whole = rintl(x * M_LOG2El), rest = (x - whole * ln2_high) - whole * ln2_low;

    return scalbnl(1 + power_less_1(rest * M_LOG2El), (int)whole);
}

long double expm1l(long double x)
{
    return fabsl(x) < 0.5L ? power_less_1(x * M_LOG2El) : expl(x) - 1;
}

static bool is_odd(long double y)
{
    return fabsl(fmodl(y, 2)) == 1;
}

long double powl(long double x, long double y)
{
    if (y == 0 || x == 1)
        return 1;
    if (isnan(x) || isnan(y))
        return x + y;
    if (x == 0 || isinf(x)) {
        bool large = (x == 0) == (y < 0);
        long double result = large ? HUGE_VALL : 0;

        return signbit(x) && is_odd(y) ? -result : result;
    }
    if (isinf(y))
        return x == -1 ? 1 : (fabsl(x) > 1) == (y > 0) ? HUGE_VALL : 0;
    if (x < 0 && y != truncl(y))
        return (x - x) / (x - x);
    long double result = exp2l(y_log2(y, fabsl(x)));

    return x < 0 && is_odd(y) ? -result : result;
}

long double cbrtl(long double x)
{
    long double near = cbrt((double)x);

    return x == 0 || isinf(x) || isnan(x) || near == 0 ? x : near - (near - x / (near * near)) / 3;
}

/* ---- angles ---------------------------------------------------------------------------------- */

/* The instructions take |x| < 2^63. */
static long double small_angle(long double x)
{
    return fabsl(x) < 0x1p63L ? x : isinf(x) ? x - x : fmodl(x, 2 * M_PIl);
}

long double sinl(long double x)
{
    x = small_angle(x);
    __asm__("fsin" : "+t"(x));
    return x;
}

long double cosl(long double x)
{
    x = small_angle(x);
    __asm__("fcos" : "+t"(x));
    return x;
}

long double tanl(long double x)
{
    return sinl(x) / cosl(x);
}

long double atan2l(long double y, long double x)
{
    __asm__("fpatan" : "+t"(x) : "u"(y) : "st(1)");
    return x;
}

long double atanl(long double x)
{
    return atan2l(x, 1);
}

long double asinl(long double x)
{
    return atan2l(x, sqrtl((1 - x) * (1 + x)));
}

long double acosl(long double x)
{
    return atan2l(sqrtl((1 - x) * (1 + x)), x);
}

/* ---- hyperbolic ------------------------------------------------------------------------------ */

long double sinhl(long double x)
{
    long double e = expm1l(fabsl(x));

    return copysignl(isinf(e) ? e : (e + e / (e + 1)) / 2, x);
}

long double coshl(long double x)
{
    long double e = expl(fabsl(x));

    return (e + 1 / e) / 2;
}

long double tanhl(long double x)
{
    long double e = expm1l(2 * fabsl(x));

    return copysignl(isinf(e) ? 1 : e / (e + 2), x);
}

long double asinhl(long double x)
{
    long double a = fabsl(x);

    return copysignl(a > 0x1p32L ? logl(a) + M_LN2l : log1pl(a + a * a / (1 + sqrtl(a * a + 1))),
                     x);
}

long double acoshl(long double x)
{
    return x > 0x1p32L ? logl(x) + M_LN2l : logl(x + sqrtl((x - 1) * (x + 1)));
}

long double atanhl(long double x)
{
    return copysignl(log1pl(2 * fabsl(x) / (1 - fabsl(x))) / 2, x);
}

/* ---- the rest -------------------------------------------------------------------------------- */

long double fmaxl(long double x, long double y)
{
    return isnan(x) || y > x ? y : x;
}

long double fminl(long double x, long double y)
{
    return isnan(x) || y < x ? y : x;
}

long double fdiml(long double x, long double y)
{
    return isnan(x) || isnan(y) ? x + y : x > y ? x - y : 0;
}

long double fmal(long double x, long double y, long double z)
{
    return x * y + z;
}

long double nextafterl(long double x, long double y)
{
    union {
        long double value;
        struct {
            uint64_t mantissa;
            uint16_t exponent;
        };
    } next = {.value = x};

    if (isnan(x) || isnan(y))
        return x + y;
    if (x == y)
        return y;
    if (x == 0)
        return copysignl(0x1p-16445L, y);
    if ((y > x) == (x > 0)) {
        if (++next.mantissa == 0) {
            next.exponent++;
            next.mantissa = 1ull << 63;
        }
    } else {
        if (next.mantissa-- == 1ull << 63 && next.exponent & 0x7fff) {
            next.exponent--;
            next.mantissa = ~0ull;
        }
    }
    return next.value;
}

long double nexttowardl(long double x, long double y)
{
    return nextafterl(x, y);
}

long double erfl(long double x)
{
    return erf((double)x);
}

long double erfcl(long double x)
{
    return erfc((double)x);
}

long double lgammal(long double x)
{
    return lgamma((double)x);
}

long double tgammal(long double x)
{
    return tgamma((double)x);
}
