// The sentences of Switchyard. No decision looks past a whole expression, so prediction stays cheap, and
// no rule is ambiguous: juxtaposition is never an expression, no statement or item starts with a sign.
// The front end (compiler/syntax/parse) enters at `declaration`, one at a time, so that a slip in one
// declaration cannot spoil the next.

parser grammar SwitchyardParser;

options { tokenVocab = SwitchyardLexer; }

// ------------------------------------------------------------------------------------------------
// Programs and declarations
// ------------------------------------------------------------------------------------------------

program : declaration* EOF ;
only    : declaration EOF ;

declaration
  : 'use' qualified                                              # useDecl
  | 'param' name ':' type '=' expr                               # paramDecl
  | 'dataset' name '=' call                                      # datasetDecl
  | 'network' name parameters? '{' networkPart* '}'              # networkDecl
  | 'objective' name '(' name ')' '{' goalCase+ '}'              # objectiveDecl
  | 'attack' name parameters? threat? definition                 # attackDecl
  | 'layer' name parameters? body                                # layerDecl
  | 'part' name parameters? layers                               # partDecl
  | 'defense' name parameters? ('{' rewrite* '}' | '=' 'choose' '{' chosenDefense* '}')  # defenseDecl
  | 'optimizer' name parameters? body                            # optimizerDecl
  | 'schedule' name parameters? body                             # scheduleDecl
  | 'loss' name parameters? body                                 # lossDecl
  | 'experiment' name ('as' 'published')? '{' clause* '}'        # experimentDecl
  | show                                                         # showDecl // across experiments
  ;

parameters : '(' (parameter (',' parameter)*)? ')' ;
parameter  : name ':' type ('=' entry sampled?)? ;
type       : name ('<' typeArg (',' typeArg)* '>')? ;
typeArg    : type # typeTypeArg | (SHAPE | INT | BAD_NUMBER) # shapeTypeArg ;

// ------------------------------------------------------------------------------------------------
// Networks: layers follow each other without separators
// ------------------------------------------------------------------------------------------------

networkPart
  : 'input' type ('range' expr 'to' expr)?                       # inputPart
  | 'classes' expr                                               # classesPart
  | 'block' name layers                                          # blockPart
  | IDENT ('.' name)* arguments?                                 # strayLayer // an error: layers stand in blocks
  ;

layers : '{' layerItem* '}' ;
layerItem
  : call                                                         # layerCall
  | 'residual' layers ('shortcut' layers)?                       # residualItem
  | 'choose' '{' member* '}'                                     # chooseItem
  | 'repeat' expr 'times' layers                                 # repeatItem
  | chosenLayers                                                 # chosenItem
  ;
// Its chance, and its chain. With a call of its own: behind it a chance may begin with `(`, which may follow no other.
member       : (expr ':')? (memberCall | layers) ;
memberCall   : qualified arguments? ;
chosenLayers : 'if' expr layers ('else' (layers | chosenLayers))? ;

// ------------------------------------------------------------------------------------------------
// Objectives and attacks
// ------------------------------------------------------------------------------------------------

goalCase
  : 'toward' name ':' expr                                       # towardCase
  | 'away' 'from' name ':' expr                                  # awayCase
  ;

threat
  : 'within' call 'unclipped'?                                   # withinBall
  | 'minimizes' name                                             # minimizesNorm
  ;

definition
  : body                                                         # ownBody
  | '=' call                                                     # asCall
  | '=' name 'of' '{' call* '}'                                  # asSet // the word: `worst`
  ;

body : '{' ';'* (statement ';'*)* '}' ;

statement
  : name '=' expr                                                # assignment
  | 'repeat' expr 'times' body                                   # repetition
  | 'for' 'each' name name ('except' expr)? ('by' IDENT IDENT)? body  # forEach // class, path; `descending chance`
  | conditional                                                  # condition
  | 'require' expr                                               # requirement
  | 'return' expr                                                # result
  ;

conditional : 'if' expr body ('else' (body | conditional))? ;

// ------------------------------------------------------------------------------------------------
// Defenses: rewrites of a network
// ------------------------------------------------------------------------------------------------

rewrite
  : 'at' 'end' 'of' place ('replace' name)? layers               # endRewrite
  | side=('before' | 'after') place layers                       # sideRewrite
  | 'replace' place layers                                       # replaceRewrite
  | 'on' name 'of' place layers                                  # weightsRewrite // the name: `weights`
  | 'drop' place '(' expr ')'                                    # dropRewrite
  | 'mount' 'on' name                                            # mountRewrite
  | 'split' 'network' 'at' expr                                  # splitRewrite
  | 'switch' 'every' name 'over' expr                            # switchRewrite
  | 'train' recipe                                               # trainRewrite
  | 'answer' 'by' name 'of' expr 'draws'                         # answerRewrite // the name: `majority`, `mean`
  ;

chosenDefense : (expr ':')? composition ; // its chance, and what makes the network

recipe
  : 'against' call sampled? goal?                                # adversarial
  | 'by' call                                                    # byLoss
  | IDENT arguments?                                             # namedRecipe
  ;

place : layerPlace | name ;
layerPlace
  : 'first' qualified                                            # firstPlace
  | 'every' 'later'? qualified                                   # everyPlace
  ;

// ------------------------------------------------------------------------------------------------
// Experiments: clauses, in any order
// ------------------------------------------------------------------------------------------------

clause
  : 'dataset' (call | '{' chosenData* '}')                       # datasetClause // with arguments an error
  | 'network' (call forIn* | '{' chosenNetwork* '}' forIn*)      # networkClause
  | 'training' (call trainingParts? forIn* | '{' chosenTraining* '}' forIn*)  # trainingClause
  | 'defend' 'with' group                                        # defendClause
  | 'attack' 'with' group                                        # attackClause
  | 'gradients' sampledBy (',' sampledBy)*                       # gradientsClause
  | 'on' ('first' expr | expr IDENT?) name 'images' ('that' name name? 'classifies' 'correctly')? (',' goal)?  # imagesClause // the word: `random`
  | 'reprogram' 'to' qualified '{' reprogramPart* '}' forIn*     # reprogramClause
  | 'probe' name 'of' qualified ',' expr 'draws'                 # probeClause
  | 'judge' call (',' call)*                                     # judgeClause
  | SETTING expr                                                 # settingClause
  | 'repeat' what=('training' | 'attack') expr 'times'           # repeatClause
  | 'compare' compared ('with' compared)+                        # compareClause
  | 'measure' measure (',' measure)* ('each' name)?              # measureClause
  | show                                                         # showClause
  ;

// What defenses are applied to, in all ways at once; a name for tables may stand before each.
chosenData     : (STRING ':')? itemCall ;
chosenNetwork  : (STRING ':')? itemCall forIn* ;
chosenTraining : (STRING ':')? itemCall trainingParts? forIn* ;

group : '{' item* '}' forIn* ;
item
  : 'family' name '{' item* '}'                                  # familyItem
  | (STRING ':')? composition forIn*                             # callItem // a name for tables
  ;
composition : itemCall ('with' itemCall)* ;
itemCall    : itemName ('.' name)* arguments? ;
compared    : itemCall | '(' composition ')' ;
forIn : 'for' name (',' name)* 'in' expr ;

sampledBy : estimator forIn* ;
estimator
  : 'transfer' 'from' composition ('of' call)?                     # transferEstimator
  | call ('with' qualified 'as' name)*                           # drawEstimator // the word: `identity`
  ;

goal
  : 'toward' IDENT                                               # namedGoal
  | 'toward' 'class' expr                                        # classGoal
  | 'away' 'from' name                                           # awayGoal
  | IDENT                                                        # noGoal // an error: a word of other tools
  ;

trainingParts : '{' trainingPart* '}' ;
trainingPart
  : 'augment' layers                                             # augmentPart
  | 'loss' call                                                  # lossPart
  | 'validate' 'on' 'last' expr name 'images' ('against' call sampled?)? (',' validationEnd)*  # validatePart
  ;
validationEnd : 'keep' 'best' name # keepBest | 'stop' 'after' expr name # stopAfter ;

reprogramPart
  : 'transform' layers                                           # transformPart
  | 'fit' call                                                   # fitPart
  | 'labels' call                                                # labelsPart
  ;

show : 'show' name 'of' measure (',' measure)* showPart* ;
measure     : qualified ('(' measureArgs? ')')? ;                // arguments first, then aggregates; or a shown attack
measureArgs : argument (',' measureArgs)? # plainArgs | aggregate (',' aggregate)* # aggregates ;
aggregate   : name 'over' names ;
showPart
  : 'against' measure                                            # againstPart
  | 'by' names                                                   # byPart
  | 'for' 'each' names                                           # eachPart
  | 'for' 'first' expr 'images'                                  # firstPart
  | 'from' names                                                 # fromPart // experiments
  | 'with' call                                                  # withPart // the words: `fit`, `log(eps)`, `panels`
  | 'at' call 'of' 'image' expr                                  # pixelPart
  ;
names : name (',' name)* ;

// ------------------------------------------------------------------------------------------------
// Expressions, loosest first. `if` and `not` are no operands of tighter operators: no dangling tails.
// ------------------------------------------------------------------------------------------------

expr
  : 'if' expr 'then' expr 'else' expr                            # choice
  | logic                                                        # plain
  ;

logic
  : logic 'and' logic                                            # conjunction
  | logic 'or' logic                                             # disjunction
  | 'not' logicAtom                                              # negation
  | logicAtom                                                    # test
  ;

logicAtom : arith (op=('<' | '<=' | '>' | '>=' | '==' | '!=') arith)? ;

arith
  : arith op=('*' | '/') arith                                   # product
  | arith op=('+' | '-') arith                                   # sum
  | factor                                                       # operand
  ;

factor : '-' factor # minus | element ('^' factor)? # power ;
element : primary ('[' expr ']')* ;

primary
  : 'gradient' 'of' '(' expr ')' 'at' name                       # gradientOf
  | IDENT 'of' name                                              # functionOf // `chance of p`
  | call                                                         # reference
  | '(' expr ')'                                                 # group_
  | '[' (entry listTail)? ']'                                    # list
  | (INT | REAL | SHAPE | STRING | 'true' | 'false')             # literal
  | (BAD_NUMBER | BAD_STRING)                                    # malformed
  ;

listTail : 'to' expr ('by' expr)? # rangeTail | (',' entry)* # elementsTail ;

// What stands between commas: only there could no statement or item follow `first` and be read as its layer.
entry : layerPlace | expr ;

call      : qualified arguments? ;
arguments : '(' (argument (',' argument)*)? ')' ;
argument  : name '=' entry sampled? # namedArg | entry ('except' expr | sampled)? # valueArg ;
sampled   : 'with' call ; // how an attack inside a training estimates its gradients
qualified : name ('.' name)* ;

// ------------------------------------------------------------------------------------------------
// Names. Where an item of a group starts, `family` opens a clause, `of` may continue the list of a `for`
// before it (`for x in gradient of ...`), and `with` the composition: none of them is an item's name.
// ------------------------------------------------------------------------------------------------

name : itemName | 'family' | 'of' | 'with' ;

itemName
  : IDENT
  | 'attack' | 'as' | 'dataset' | 'defense' | 'experiment' | 'layer' | 'network' | 'objective' | 'optimizer' | 'param' | 'part'
  | 'published' | 'require' | 'schedule' | 'loss' | 'use' | 'block' | 'classes' | 'input' | 'range' | 'residual' | 'shortcut' | 'choose' | 'away' | 'at' | 'by' | 'except' | 'from' | 'gradient'
  | 'minimizes' | 'times' | 'to' | 'toward' | 'unclipped' | 'within' | 'after' | 'against' | 'answer' | 'before'
  | 'drop' | 'end' | 'every' | 'first' | 'later' | 'mount' | 'on' | 'over' | 'replace' | 'split' | 'switch' | 'train'
  | 'augment' | 'best' | 'keep' | 'last' | 'stop' | 'validate' | 'class' | 'classifies' | 'compare' | 'correctly' | 'defend' | 'draws' | 'each' | 'fit' | 'gradients'
  | 'image' | 'images' | 'judge' | 'labels' | 'measure' | 'probe' | 'reprogram' | 'show' | 'that' | 'training'
  | 'transfer' | 'transform' | SETTING
  ;
