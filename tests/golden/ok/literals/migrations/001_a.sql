SELECT 'trigraphs ??= ??( ??/ ???> ????', "say ""hi""", 'back\\slash', 'äöü1 中2 😀f';
SELECT '79';
SELECT '%d %s %n', '	after a tab', 'a'


, '/* not a comment */', '*/';
