// The words of Switchyard (S1.6). Two kinds: a few reserved words, and clause words, which the parser accepts
// as names wherever no clause can stand (rule `name` there). White space and newlines mean nothing here;
// the front end checks that two statements of a body do not share a line without ';'.

lexer grammar SwitchyardLexer;

channels { COMMENTS, DOCS }

// Words of the table of settings (compiler/syntax/clauses.def): names to the lexer, renamed behind it.
tokens { SETTING }

// ------------------------------------------------------------------------------------------------
// Reserved words: never names.
// ------------------------------------------------------------------------------------------------

AND: 'and';     ELSE: 'else';   FALSE_: 'false';  FOR: 'for';        IF: 'if';       IN_: 'in';
NOT: 'not';     OR: 'or';       REPEAT: 'repeat'; RETURN: 'return';  THEN: 'then';   TRUE_: 'true';

// ------------------------------------------------------------------------------------------------
// Clause words, by the place where they are keywords. A new one is listed in the parser's `name` too.
// ------------------------------------------------------------------------------------------------

// Declarations
ATTACK: 'attack';         AS: 'as';                 DATASET: 'dataset';    DEFENSE: 'defense';
EXPERIMENT: 'experiment'; LAYER: 'layer';           NETWORK: 'network';    OBJECTIVE: 'objective';
OPTIMIZER: 'optimizer';   PARAM: 'param';           PART: 'part';          PUBLISHED: 'published';
SCHEDULE: 'schedule';     LOSS: 'loss';           USE: 'use';

// Networks
BLOCK: 'block';           CLASSES: 'classes';       INPUT: 'input';        RANGE: 'range';
RESIDUAL: 'residual';     SHORTCUT: 'shortcut';     CHOOSE: 'choose';

// Objectives, attacks, optimizers and their expressions
AWAY: 'away';             AT: 'at';                 BY: 'by';              EXCEPT: 'except';
FROM: 'from';             GRADIENT: 'gradient';     MINIMIZES: 'minimizes'; OF: 'of';
REQUIRE: 'require';       TIMES: 'times';           TO: 'to';              TOWARD: 'toward';
UNCLIPPED: 'unclipped';   WITHIN: 'within';

// Defenses
AFTER: 'after';           AGAINST: 'against';       ANSWER: 'answer';      BEFORE: 'before';
DROP: 'drop';             END: 'end';
EVERY: 'every';           FIRST: 'first';           LATER: 'later';        MOUNT: 'mount';
ON: 'on';                 OVER: 'over';             REPLACE: 'replace';    SPLIT: 'split';
SWITCH: 'switch';         TRAIN: 'train';

// Experiments
AUGMENT: 'augment';       BEST: 'best';           KEEP: 'keep';           LAST: 'last';
STOP: 'stop';             VALIDATE: 'validate';
CLASS: 'class';           CLASSIFIES: 'classifies'; COMPARE: 'compare';    CORRECTLY: 'correctly';
DEFEND: 'defend';         DRAWS: 'draws';           EACH: 'each';          FAMILY: 'family';
FIT: 'fit';               GRADIENTS: 'gradients';   IMAGE: 'image';        IMAGES: 'images';
JUDGE: 'judge';           LABELS: 'labels';         MEASURE: 'measure';    PROBE: 'probe';
REPROGRAM: 'reprogram';   SHOW: 'show';             THAT: 'that';          TRAINING: 'training';
TRANSFER: 'transfer';     TRANSFORM: 'transform';   WITH: 'with';

// ------------------------------------------------------------------------------------------------
// Names, numbers, shapes. A shape such as 1x28x28 is longer than the number it starts with, so it wins.
// ------------------------------------------------------------------------------------------------

IDENT: [a-zA-Z_] [a-zA-Z_0-9]*;
INT:   DIGIT+;
REAL:  DIGIT+ '.' DIGIT+ EXPONENT? | DIGIT+ EXPONENT;
SHAPE: DIGIT+ ('x' DIGIT+)+;
// 8.  .5  3px  1x28xn  1.2.3: accepted as a value by the parser, refused by the front end with a reason.
BAD_NUMBER: (DIGIT | '.' DIGIT) [a-zA-Z_0-9.]*;
STRING:     '"' ~["\r\n]* '"';
BAD_STRING: '"' ~["\r\n]*;

fragment DIGIT:    [0-9];
fragment EXPONENT: [eE] [+-]? DIGIT+;

// ------------------------------------------------------------------------------------------------
// Signs
// ------------------------------------------------------------------------------------------------

LBRACE: '{';  RBRACE: '}';  LPAREN: '(';  RPAREN: ')';  LBRACK: '[';  RBRACK: ']';
COMMA: ',';   COLON: ':';   SEMI: ';';    DOT: '.';     ASSIGN: '=';
LE: '<=';     GE: '>=';     LT: '<';      GT: '>';      EQ: '==';     NE: '!=';
PLUS: '+';    MINUS: '-';   STAR: '*';    SLASH: '/';   CARET: '^';

// ------------------------------------------------------------------------------------------------
// Comments are kept on channels of their own: documentation for declarations, the rest for the formatter.
// ------------------------------------------------------------------------------------------------

DOC:     '///' (~[/\r\n] ~[\r\n]*)? -> channel(DOCS);
COMMENT: '//' ~[\r\n]*              -> channel(COMMENTS);
SPACE:   [ \t\r\n]+                 -> skip;
