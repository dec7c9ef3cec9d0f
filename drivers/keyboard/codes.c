/* Codes 1 to 53h of set 1 are the numbers of lib/abi/keys.h themselves; the rest
   is a table. "Keyboard Scan Code Specification" (Microsoft, 2000), appendices A and C. */
#include "drivers/keyboard/codes.h"

#include "lib/abi/keys.h"

#define E0        0x80
#define SAME_LAST 0x53 /* the keypad's dot */

static const uint8_t others[256] = {
    [0x54] = KEY_SYSRQ, /* with Alt */
    [0x56] = KEY_102ND,
    [0x57] = KEY_F11,
    [0x58] = KEY_F12,
    [0x59] = KEY_KPEQUAL,
    [0x64] = KEY_F13,
    [0x65] = KEY_F14,
    [0x66] = KEY_F15,
    [0x67] = KEY_F16,
    [0x68] = KEY_F17,
    [0x69] = KEY_F18,
    [0x6a] = KEY_F19,
    [0x6b] = KEY_F20,
    [0x6c] = KEY_F21,
    [0x6d] = KEY_F22,
    [0x6e] = KEY_F23,
    [0x70] = KEY_KATAKANAHIRAGANA,
    [0x73] = KEY_RO,
    [0x76] = KEY_F24,
    [0x79] = KEY_HENKAN,
    [0x7b] = KEY_MUHENKAN,
    [0x7d] = KEY_YEN,
    [0x7e] = KEY_KPCOMMA,
    [E0 + 0x10] = KEY_PREVIOUSSONG,
    [E0 + 0x19] = KEY_NEXTSONG,
    [E0 + 0x1c] = KEY_KPENTER,
    [E0 + 0x1d] = KEY_RIGHTCTRL,
    [E0 + 0x20] = KEY_MUTE,
    [E0 + 0x21] = KEY_CALC,
    [E0 + 0x22] = KEY_PLAYPAUSE,
    [E0 + 0x24] = KEY_STOPCD,
    [E0 + 0x2e] = KEY_VOLUMEDOWN,
    [E0 + 0x30] = KEY_VOLUMEUP,
    [E0 + 0x32] = KEY_HOMEPAGE,
    [E0 + 0x35] = KEY_KPSLASH,
    [E0 + 0x37] = KEY_SYSRQ,
    [E0 + 0x38] = KEY_RIGHTALT,
    [E0 + 0x46] = KEY_PAUSE, /* with Ctrl */
    [E0 + 0x47] = KEY_HOME,
    [E0 + 0x48] = KEY_UP,
    [E0 + 0x49] = KEY_PAGEUP,
    [E0 + 0x4b] = KEY_LEFT,
    [E0 + 0x4d] = KEY_RIGHT,
    [E0 + 0x4f] = KEY_END,
    [E0 + 0x50] = KEY_DOWN,
    [E0 + 0x51] = KEY_PAGEDOWN,
    [E0 + 0x52] = KEY_INSERT,
    [E0 + 0x53] = KEY_DELETE,
    [E0 + 0x5b] = KEY_LEFTMETA,
    [E0 + 0x5c] = KEY_RIGHTMETA,
    [E0 + 0x5d] = KEY_COMPOSE,
    [E0 + 0x5e] = KEY_POWER,
    [E0 + 0x5f] = KEY_SLEEP,
    [E0 + 0x63] = KEY_WAKEUP,
    [E0 + 0x65] = KEY_SEARCH,
    [E0 + 0x66] = KEY_BOOKMARKS,
    [E0 + 0x67] = KEY_REFRESH,
    [E0 + 0x68] = KEY_STOP,
    [E0 + 0x69] = KEY_FORWARD,
    [E0 + 0x6a] = KEY_BACK,
    [E0 + 0x6b] = KEY_COMPUTER,
    [E0 + 0x6c] = KEY_MAIL,
    [E0 + 0x6d] = KEY_MEDIA,
};

uint16_t keyboard_event_code(uint8_t code)
{
    return code <= SAME_LAST ? code : others[code];
}
