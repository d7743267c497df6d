set local standard_conforming_strings = off; select 'a\';b'; reset standard_conforming_strings; select 'c\';
