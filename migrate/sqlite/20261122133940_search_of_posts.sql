-- atlas:delimiter \n\n\n
-- Description: search of posts
-- Revision ID: 20261122133940
-- Revises: 20261122080000
-- Create Date: 2026-11-22 13:49:08 UTC

-- Search the text of table "posts"
CREATE VIRTUAL TABLE `posts_search` USING fts5(`title`, `content`, `excerpt`, content='posts', content_rowid='id', tokenize="unicode61 remove_diacritics 0 categories 'L* M* Nd' separators '︎️🤀🤁🤂🤃🤄🤅🤆🤇🤈🤉🤊🤋🤌🤍🤎🤏🤐🤑🤒🤓🤔🤕🤖🤗🤘🤙🤚🤛🤜🤝🤞🤟🤠🤡🤢🤣🤤🤥🤦🤧🤨🤩🤪🤫🤬🤭🤮🤯🤰🤱🤲🤳🤴🤵🤶🤷🤸🤹🤺🤻🤼🤽🤾🤿🥀🥁🥂🥃🥄🥅🥆🥇🥈🥉🥊🥋🥌🥍🥎🥏🥐🥑🥒🥓🥔🥕🥖🥗🥘🥙🥚🥛🥜🥝🥞🥟🥠🥡🥢🥣🥤🥥🥦🥧🥨🥩🥪🥫🥬🥭🥮🥯🥰🥱🥲🥳🥴🥵🥶🥷🥸🥹🥺🥻🥼🥽🥾🥿🦀🦁🦂🦃🦄🦅🦆🦇🦈🦉🦊🦋🦌🦍🦎🦏🦐🦑🦒🦓🦔🦕🦖🦗🦘🦙🦚🦛🦜🦝🦞🦟🦠🦡🦢🦣🦤🦥🦦🦧🦨🦩🦪🦫🦬🦭🦮🦯🦰🦱🦲🦳🦴🦵🦶🦷🦸🦹🦺🦻🦼🦽🦾🦿🧀🧁🧂🧃🧄🧅🧆🧇🧈🧉🧊🧋🧌🧍🧎🧏🧐🧑🧒🧓🧔🧕🧖🧗🧘🧙🧚🧛🧜🧝🧞🧟🧠🧡🧢🧣🧤🧥🧦🧧🧨🧩🧪🧫🧬🧭🧮🧯🧰🧱🧲🧳🧴🧵🧶🧷🧸🧹🧺🧻🧼🧽🧾🧿🩰🩱🩲🩳🩴🩵🩶🩷🩸🩹🩺🩻🩼🩽🩾🩿🪀🪁🪂🪃🪄🪅🪆🪇🪈🪉🪊🪋🪌🪍🪎🪏🪐🪑🪒🪓🪔🪕🪖🪗🪘🪙🪚🪛🪜🪝🪞🪟🪠🪡🪢🪣🪤🪥🪦🪧🪨🪩🪪🪫🪬🪭🪮🪯🪰🪱🪲🪳🪴🪵🪶🪷🪸🪹🪺🪻🪼🪽🪾🪿🫀🫁🫂🫃🫄🫅🫆🫇🫈🫉🫊🫋🫌🫍🫎🫏🫐🫑🫒🫓🫔🫕🫖🫗🫘🫙🫚🫛🫜🫝🫞🫟🫠🫡🫢🫣🫤🫥🫦🫧🫨🫩🫪🫫🫬🫭🫮🫯🫰🫱🫲🫳🫴🫵🫶🫷🫸🫹🫺🫻🫼🫽🫾🫿'");


INSERT INTO `posts_search` (`posts_search`) VALUES ('rebuild');


CREATE TRIGGER `posts_search_insert` AFTER INSERT ON `posts` BEGIN INSERT INTO `posts_search` (rowid, `title`, `content`, `excerpt`) VALUES (new.`id`, new.`title`, new.`content`, new.`excerpt`); END;


CREATE TRIGGER `posts_search_delete` AFTER DELETE ON `posts` BEGIN INSERT INTO `posts_search` (`posts_search`, rowid, `title`, `content`, `excerpt`) VALUES ('delete', old.`id`, old.`title`, old.`content`, old.`excerpt`); END;


CREATE TRIGGER `posts_search_update` AFTER UPDATE OF `id`, `title`, `content`, `excerpt` ON `posts` BEGIN INSERT INTO `posts_search` (`posts_search`, rowid, `title`, `content`, `excerpt`) VALUES ('delete', old.`id`, old.`title`, old.`content`, old.`excerpt`); INSERT INTO `posts_search` (rowid, `title`, `content`, `excerpt`) VALUES (new.`id`, new.`title`, new.`content`, new.`excerpt`); END;
