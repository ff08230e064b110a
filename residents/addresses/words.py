"""The words behind numbers, and what each makes of its number; data, read by tokens.py."""

BUILDING, UNIT, DOOR, FLOOR, ROOM = "building", "unit", "door", "floor", "room"
PLAIN_HAO, HASH, LANE, GROUP, STREET = "号", "#", "弄", "组", "街"
BARE, LETTER, OTHER = "", "letter", "other"

MEANINGS = {
    BUILDING: "号楼|#楼|号号楼|号楼楼|高楼|号高楼|栋|号栋|栋栋|栋楼|幢|号幢|幢幢|幢楼|座|号座|号馆|排|撞|懂|橦",
    UNIT: "单元|号单元|#单元|单单元|单元元|单|梯|号梯",
    DOOR: "门|号门|#门",
    FLOOR: "层|楼|层层",
    ROOM: "室|号室|室室|窒|房|号房|房间|铺|号铺|店|号店|档|号档|商位|办公室|号网点|户|号户",
    PLAIN_HAO: "号|号号",
    HASH: "#",
    LANE: "弄",
    GROUP: "组|队",
    STREET: "街",
}
"""Doubled words and 撞, 懂, 橦, 窒 are slips of the keyboard that people make often."""

WORDS = {word: meaning for meaning, words in MEANINGS.items() for word in words.split("|")}

# A word counts only where no other word begins with it: 2楼道 is no floor, 3门口 no unit.
NOT_BEFORE = {
    "单": "^0-9A-Za-z ",
    "楼": "道梯栋下上顶盘",
    "栋楼": "上下道里内顶前后梯",
    "幢楼": "上下道里内顶前后梯",
    "层": "楼",
    "号楼楼": "道梯上下顶盘栋长前后内里门",
    "门": "口前外卫禁诊窗店面铃锁市头",
    "号门": "口店面市诊",
    "房": "屋产子价间租贷款费管",
    "号房": "屋产子价间租贷款费管",
    "店": "铺面",
    "号店": "铺面",
    "排": "水污",
    "户": "外型口居人业住用家没都全",
    "号户": "外型口",
    "组": "团长",
    "队": "长伍",
}
# Names of places and amounts: 二区, 3号线, 2期, 2026年, 501平米. Their number is no part of an address.
NAMES = (
    "号(?:大街|路|街|线|桥|院|井|公路|库|码头|航站楼|工业区|产业园|门店|电梯|货梯|窗口|仓库|厂房(?=.)|公寓|宿舍|大厅"
    "|学生|地块|机房|工地|标段)"
    "|大道|大街|小区|社区|新村|[期区院路道巷村里苑园线环社坊甲庄埭桥]|大队|组?团|[中小]学|广场|大厦|国道|县道|℃|%"
)
AMOUNTS = (
    "元|块|多|余|万(?!德|达|科)|千|米|㎡|[mM]2|公里|小时|秒|点|名(?!仕|城|苑|门)|条|个|度|斤|岁|月|平(?!台|时|常|邮|安)|天(?!花|窗|井|天)|年(?!久|老|迈)"
    "|日(?!常|夜)|时(?!常|有|不)|分(?!户|管|水)|人(?!家|为)|次(?!卧)|家(?:住户|居民|业主|商)"
    "|户(?:居民|人家|业主|住户|用户|家庭|没|都|全)"
)
