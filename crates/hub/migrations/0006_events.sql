-- Job fairs, broadcasts, courses: what happens in a hall or for it.
CREATE TABLE event (
    id   TEXT PRIMARY KEY,
    hall TEXT NOT NULL REFERENCES hall (id),
    body TEXT NOT NULL
) STRICT;
CREATE INDEX event_by_hall ON event (hall);

-- Why a listing is held is said in the language of the other lines that staff read. What was
-- approved stays so, as the next import compares the reasons.
UPDATE job SET review =
    replace(replace(replace(replace(replace(replace(review,
        '文字中出现收费或扣证内容：', 'asks for money or papers: '),
        '、', ', '), '；', '; '),
        '薪资 ', 'pay of '),
        ' 元超出常见范围（', ' yuan is out of the usual ('), ' 元）', ')')
    WHERE review IS NOT NULL;
