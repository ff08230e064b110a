"""Messages with labels, made up from a few words for each; enough to train a small classifier in a moment."""

from petitions.classifying.training import Example

WORDS = {
    "环境卫生": ("垃圾没人清运", "楼道有异味", "绿化带里堆杂物", "垃圾桶满了", "到处是落叶没人扫"),
    "水电气热": ("家里停水一整天", "暖气片不热", "天然气打不着火", "整栋楼停电", "水压太小洗不了澡"),
    "社会救助": ("想申请低保", "临时救助怎么办", "失业了生活困难", "大病补助什么时候发", "残疾补贴没到账"),
}
WHERE = ("三号楼", "小区东门", "我们单元", "八号楼旁边", "活动中心", "南院", "老楼", "车棚边上")


def messages() -> list[Example]:
    """One hundred and twenty of them, forty a label."""
    return [
        Example(f"{what}", f"{where}{what}，请帮忙看看", label)
        for label, said in WORDS.items()
        for what in said
        for where in WHERE
    ]
