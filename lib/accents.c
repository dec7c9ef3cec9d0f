/* Accents, as Unicode's canonical compositions have them (UnicodeData.txt, in Latin-1 and Latin
   Extended-A, with Welsh, Romanian and Vietnamese letters beyond), and the bars of đ, ħ, ł, ø, ŧ. */
#include "lib/accents.h"

#include "lib/compiler.h"

/* First the accent by itself, then pairs of letters without and with it. */
#define MOST_LETTERS 48
static const uint16_t accents[DEAD_KINDS][1 + 2 * MOST_LETTERS] = {
    [DEAD_GRAVE] = u"`" u"aàeèiìoòuùAÀEÈIÌOÒUÙ" u"nǹNǸwẁWẀyỳYỲüǜÜǛ",
    [DEAD_ACUTE] = u"´" u"aáeéiíoóuúyýAÁEÉIÍOÓUÚYÝ" u"cćCĆlĺLĹnńNŃrŕRŔsśSŚzźZŹ"
                   u"gǵGǴkḱKḰmḿMḾpṕPṔwẃWẂæǽÆǼøǿØǾåǻÅǺçḉÇḈüǘÜǗ",
    [DEAD_CIRCUMFLEX] = u"^" u"aâeêiîoôuûAÂEÊIÎOÔUÛ" u"cĉCĈgĝGĜhĥHĤjĵJĴsŝSŜwŵWŴyŷYŶzẑZẐ",
    [DEAD_TILDE] = u"~" u"aãnñoõAÃNÑOÕ" u"iĩIĨuũUŨeẽEẼyỹYỸvṽVṼ",
    [DEAD_DIAERESIS] = u"¨" u"aäeëiïoöuüyÿAÄEËIÏOÖUÜYŸ" u"hḧHḦwẅWẄxẍXẌtẗ",
    [DEAD_RING] = u"°" u"aåAÅuůUŮ" u"wẘyẙ",
    [DEAD_CEDILLA] = u"¸" u"cçCÇ" u"gģGĢkķKĶlļLĻnņNŅrŗRŖsşSŞtţTŢeȩEȨdḑDḐhḩHḨ",
    [DEAD_CARON] = u"ˇ" u"cčCČdďDĎeěEĚnňNŇrřRŘsšSŠtťTŤzžZŽlľLĽ" u"aǎAǍiǐIǏoǒOǑuǔUǓgǧGǦkǩKǨjǰhȟHȞüǚÜǙ",
    [DEAD_BREVE] = u"˘" u"aăAĂgğGĞuŭUŬeĕEĔiĭIĬoŏOŎ",
    [DEAD_MACRON] = u"¯" u"aāAĀeēEĒiīIĪoōOŌuūUŪyȳYȲæǣÆǢgḡGḠüǖÜǕ",
    [DEAD_OGONEK] = u"˛" u"aąAĄeęEĘiįIĮuųUŲoǫOǪ",
    [DEAD_DOUBLEACUTE] = u"˝" u"oőOŐuűUŰ",
    [DEAD_DOT] = u"˙" u"cċCĊeėEĖgġGĠzżZŻIİ" u"aȧAȦoȯOȮbḃBḂdḋDḊfḟFḞhḣHḢmṁMṀnṅNṄpṗPṖrṙRṘsṡSṠtṫTṪwẇWẆxẋXẊyẏYẎ",
    [DEAD_STROKE] = u"/" u"dđDĐhħHĦlłLŁoøOØtŧTŦ" u"bƀBɃgǥGǤiɨIƗzƶZƵ",
};

uint32_t accent_alone(enum layout_dead accent)
{
    return accents[accent][0];
}

uint32_t accent_on(enum layout_dead accent, uint32_t letter)
{
    for (unsigned i = 1; i < 2 * MOST_LETTERS && accents[accent][i] != 0; i += 2) {
        if (accents[accent][i] == letter)
            return accents[accent][i + 1];
    }
    return 0;
}

/* ---- case ------------------------------------------------------------------------------------ */

/* Runs of letters. distance 0: capital and small letter take turns, the capital first. */
static const struct {
    uint16_t first, last; /* the capitals' */
    uint16_t distance;    /* from a capital to its small letter */
} runs[] = {
    {'A', 'Z', 32},        {0xc0, 0xd6, 32},    {0xd8, 0xde, 32},    {0x100, 0x12e, 0},
    {0x132, 0x136, 0},     {0x139, 0x147, 0},   {0x14a, 0x176, 0},   {0x179, 0x17d, 0},
    {0x1cd, 0x1db, 0},     {0x1de, 0x1ee, 0},   {0x1f8, 0x21e, 0},   {0x222, 0x232, 0},
    {0x386, 0x386, 38},    {0x388, 0x38a, 37},  {0x38c, 0x38c, 64},  {0x38e, 0x38f, 63},
    {0x391, 0x3a1, 32},    {0x3a3, 0x3ab, 32},  {0x400, 0x40f, 80},  {0x410, 0x42f, 32},
    {0x460, 0x480, 0},     {0x48a, 0x4be, 0},   {0x4d0, 0x52e, 0},   {0x1e00, 0x1e94, 0},
    {0x1ea0, 0x1efe, 0},
};

/* In a run of those that take turns. */
static uint32_t turn(uint32_t first, uint32_t c)
{
    return (c - first) % 2 == 0 ? c + 1 : c - 1;
}

uint32_t letter_in_other_case(uint32_t c)
{
    if (c == 0xff || c == 0x178) /* ÿ, Ÿ */
        return c == 0xff ? 0x178 : 0xff;
    for (unsigned i = 0; i < array_length(runs); i++) {
        uint32_t first = runs[i].first, last = runs[i].last, distance = runs[i].distance;

        if (distance == 0 && c >= first && c <= last + 1)
            return turn(first, c);
        if (distance != 0 && c >= first && c <= last)
            return c + distance;
        if (distance != 0 && c >= first + distance && c <= last + distance)
            return c - distance;
    }
    return c;
}
