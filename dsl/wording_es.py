"""The words of diagnostics in Spanish: the same codes and the same `{values}` as the English ones, which dsl.wording has.

Style: lower case, no full stop; the reader is neither tú nor a man, and what to do is said as to usted. Keywords in
backticks are those of the Spanish column of the lexicon.
"""

from collections.abc import Mapping

NEAR = "¿quiso decir `{near}`?"
SEVERAL = "si `{several}` es un solo nombre, escriba `[{several}]`"
SEVERITIES = {"CRITICAL": "crítico", "ERROR": "error", "WARNING": "aviso", "HINT": "consejo"}

WORDS: Mapping[str, tuple[str, str]] = {
    "TEXT_TOO_LARGE": (
        "el reglamento ocupa {size} bytes; se leen como máximo {limit}",
        "divídalo, o suba el límite",
    ),
    "TEXT_NOT_UTF8": ("el texto no es UTF-8 en el byte {place}", "guárdelo como UTF-8"),
    "CHARACTER_REFUSED": ("`{text}` no significa nada aquí", "quítelo, o ponga el texto entre comillas"),
    "TEXT_NOT_CLOSED": (
        "este texto no se cierra en su línea",
        'ciérrelo con `"`, o escríbalo entre `<<` y `>>`',
    ),
    "LONG_TEXT_NOT_CLOSED": ("el texto largo que empieza aquí no acaba nunca", "ciérrelo con `>>`"),
    "BRACKET_NOT_CLOSED": ("el nombre que empieza aquí no se cierra en su línea", "ciérrelo con `]`"),
    "DATE_AMBIGUOUS": (
        "`{text}` puede leerse como dos fechas",
        "escriba el mes con letras: `2 de marzo de 2026`, o `2026-03-02`",
    ),
    "DATE_INVALID": ("no existe el día `{text}`", "se leen los años de 1800 a 2500"),
    "TIME_INVALID": ("no existe la hora `{text}`", "las horas van de 0 a 23 y los minutos de 00 a 59"),
    "NUMBER_INVALID": ("`{text}` no es un número que pueda ir aquí", "{range}"),
    "DECLARATION_NOT_CLOSED": ("`{name}` no se cierra", "ciérrelo con `{end}`"),
    "DECLARATION_UNKNOWN": (
        "ninguna declaración empieza por `{text}`",
        "empiece por `regla de mensaje`, `tema`, `situación`, ...",
    ),
    "TOO_MANY_DECLARATIONS": (
        "el reglamento tiene {count} declaraciones; se leen como máximo {limit}",
        "divídalo",
    ),
    "TOO_DEEP": (
        "aquí hay más de {limit} niveles, uno dentro de otro",
        "dé nombre a una parte con `definir`",
    ),
    "WORD_UNEXPECTED": ("`{text}` no puede ir aquí", "aquí puede ir: {expected}"),
    "NOT_AVAILABLE": (
        "`{what}` todavía no está disponible",
        "déjelo fuera por ahora; el resto del archivo se comprueba igualmente",
    ),
    "LANGUAGE_OTHER": (
        "`{word}` abre un reglamento en {declared}, pero las palabras que siguen son españolas",
        "empiece por `{text}`, o escriba el resto en {declared}",
    ),
    "HEADER_MISSING": ("el reglamento no dice cómo se llama", "empiece por `{text} nombre ... fin`"),
    "PART_MISSING": ("`{text}` no dice `{what}`", "añada una línea que empiece por `{what}`"),
    "PART_REPEATED": ("`{text}` se dice dos veces aquí", "deje una sola"),
    "NAME_TAKEN": ("`{text}` se declara más de una vez", "elija otro nombre"),
    "NAME_RESERVED": (
        "`{text}` es una palabra del lenguaje y no puede declararse aquí",
        "elija otro nombre",
    ),
    "NAME_UNKNOWN": ("`{text}` no está declarado{what}", "declárelo, o revise cómo se escribe"),
    "GLOSSARY_REPEATED": ("el glosario nombra `{word}` dos veces", "deje una sola"),
    "GLOSSARY_CLASH": (
        "`{word}` ya significa otra cosa en {language}",
        "elija otra palabra para ello en el glosario",
    ),
    "GLOSSARY_UNUSED": (
        "nada se llama `{word}` en este reglamento",
        "revise cómo se escribe, o quítelo",
    ),
    "FIELD_UNKNOWN": (
        "`{text}` no es un campo de {owner}",
        "declárelo donde se declara el evento o el tema",
    ),
    "FIELD_AMBIGUOUS": (
        "`{text}` tiene tipos o grafías distintos en los eventos que se nombran aquí",
        "dele un solo tipo y una sola grafía, o escriba dos reglas",
    ),
    "VALUE_UNKNOWN": ("`{text}` no es uno de sus valores", "los valores son: {known}"),
    "VALUE_OUT_OF_RANGE": (
        "este valor no se alcanza nunca: está declarado de {low} a {high}",
        "compare con un valor que esté dentro",
    ),
    "RANGE_EMPTY": ("no hay ningún número de {low} a {high}", "escriba primero el menor"),
    "ZONE_UNKNOWN": ("no existe la zona horaria `{text}`", "escríbala como `Europe/Madrid`"),
    "REGION_UNKNOWN": (
        "no se conocen los festivos de `{text}`",
        'escriba un país como "ES" y una región como "ES-MD"; se conocen: {known}',
    ),
    "CURRENCY_UNKNOWN": ("no existe la moneda `{text}`", "escriba sus tres letras: `EUR`"),
    "CURRENCY_OTHER": (
        "`{text}` no es la moneda de este reglamento",
        "aquí los importes van en {currency}",
    ),
    "MONEY_TOO_FINE": ("`{text}` tiene más decimales que la moneda", "la moneda tiene {decimals}"),
    "TYPE_MISMATCH": ("esto es `{found}` y hace falta `{wanted}`", "compare valores del mismo tipo"),
    "CONDITION_EXPECTED": ("esto no es una condición", "diga qué debe cumplir{try_}"),
    "VALUE_EXPECTED": ("aquí hace falta un valor", "escriba un número, un nombre o un texto"),
    "ORDER_MEANINGLESS": ("los valores de `{found}` no tienen orden", "use `es`, `no es` o `es uno de`"),
    "ARITHMETIC_MEANINGLESS": (
        "`{operator}` no significa nada entre `{left}` y `{right}`",
        "los números van con números y dinero; las duraciones, con fechas y horas",
    ),
    "CLOCK_IN_ARITHMETIC": (
        "con `ahora` y `hoy` no se puede calcular en una condición",
        "diga `está en los últimos 3 días`, `está en los próximos 3 días` o `es de hace más de 3 días`",
    ),
    "UNIT_TOO_FINE": ("una fecha no tiene horas", "use días o más"),
    "CALENDAR_MISSING": (
        "ningún calendario dice aquí qué es `{what}`",
        "dígalo en el calendario: `días laborables de lunes a viernes` u `horario laboral de 9:00 a 18:00`",
    ),
    "CALENDAR_MISPLACED": (
        "un calendario no significa nada para `{text}`",
        "en un calendario solo se cuentan días y horas laborables",
    ),
    "CALENDAR_CONDITION": (
        "de quién es un calendario solo puede depender de datos del cliente",
        "compare un dato del cliente, por ejemplo dónde vive",
    ),
    "WORKING_TIME_MISPLACED": (
        "aquí no se pueden contar días ni horas laborables",
        "se cuentan hacia delante, desde un instante; use días u horas",
    ),
    "WINDOW_EMPTY": ("un tiempo sin duración no significa nada aquí", "escriba 1 o más"),
    "QUANTIFIER_NESTED": (
        "`algún`, `ningún` y `todo` no pueden ir uno dentro de otro",
        "use dos condiciones",
    ),
    "LIST_UNDATED": (
        "nadie dice cuándo surgió cada uno de `{text}`, así que no hay plazo que mirar",
        "quite el plazo, o pregunte por una fecha de cada uno: `con (... está en los próximos 30 días)`",
    ),
    "DEFINITION_CYCLE": ("`{text}` se define por sí mismo", "rompa el círculo"),
    "DEFINITION_MISPLACED": (
        "`{text}` lee {what}, y aquí no hay ninguno",
        "úselo en una regla que lo tenga",
    ),
    "NOT_READABLE_HERE": (
        "`{text}` lee {what}, y aquí no hay ninguno",
        "úselo en una regla que lo tenga",
    ),
    "EFFECT_MISPLACED": ("`{text}` no puede decirse en {what}", "dígalo en una regla de la otra clase"),
    "EFFECT_REPEATED": ("`{text}` se pide dos veces", "deje uno, o una los canales con una coma"),
    "UNKNOWN_UNDECIDED": (
        "puede que `{text}` se desconozca, y esta regla bloquea o aplaza",
        "añada `si se desconoce aplicar` o `si se desconoce ignorar` antes de `entonces`",
    ),
    "LIMIT_MISSING": ("esto espera sin límite", "añada `, como máximo 30 días, si no, bloquear`"),
    "LIMIT_MEANINGLESS": (
        "una espera no puede acabar en otra espera",
        "diga `si no, bloquear` o `si no, entregar`",
    ),
    "WINDOW_MEANINGLESS": (
        "espera al siguiente mensaje más de lo que espera en total",
        "que el segundo plazo sea el más largo",
    ),
    "GROUP_MIXED": (
        "`{text}` llevaría `{one}` (base {first}) junto a `{other}` (base {second})",
        "separe lo que vende de lo que hay que decir: dos grupos",
    ),
    "GROUP_CRITICAL": ("`{text}` es crítico, y lo crítico nunca espera a otros", "quítelo"),
    "GROUP_NOT_TAKEN": (
        "`{text}` no recoge ninguno de los mensajes de los que habla esta regla",
        "recoge lo que no es crítico de: {known}",
    ),
    "EXCEPTION_CYCLE": ("`{text}` es una excepción a sí misma", "rompa el círculo"),
    "PARAMETER_REPEATED": (
        "`{text}` tiene dos valores desde el mismo día",
        "deje uno, o diga desde qué día vale el otro",
    ),
    "VALIDITY_EMPTY": ("esta regla acaba antes de empezar", "escriba primero la fecha anterior"),
    "SHARES_OVER": (
        "las partes de `{text}` son más que todo el mundo",
        "escriba partes que juntas no pasen del 100 %; a quien no está en ninguna no se le hace nada",
    ),
    "ROW_LENGTH": (
        "celdas {what}: {found} en esta fila, {wanted} en la cabecera",
        "escriba una celda por columna, `-` donde da igual",
    ),
    "IMPORTANCE_UNKNOWN": (
        "nadie sabe qué valor de `{text}` es el más importante",
        "declare sus valores en la cabecera, primero el más importante: `=> {text}: uno de (alta, baja)`",
    ),
    "TEMPLATE_SYNTAX": ("la plantilla no se puede leer: {text}", "corrija el Liquid de este texto"),
    "TEMPLATE_REPEATED": ("hay dos textos para el mismo canal en `{text}`", "deje uno solo"),
    "TEMPLATE_LANGUAGE_MISSING": (
        "`{text}` no tiene palabras en `{language}`",
        "añada un texto en la lengua del reglamento: lo recibe quien no tenga ninguna de las otras",
    ),
    "TEST_UNSTARTED": ("esta prueba no dice cuándo empieza", "empiece por `fecha 2 de marzo de 2026 10:00`"),
    "RULE_NEVER_APPLIES": (
        "`{text}` no puede aplicarse nunca: sus condiciones se excluyen",
        "cambie una de ellas",
    ),
    "CONDITION_ALWAYS_TRUE": ("`{text}` nunca es falso", "quítelo, o compare con otro valor"),
    "RULE_DUPLICATE": ("`{text}` dice lo mismo que `{what}`", "deje una de las dos"),
    "RULE_SUBSUMED": (
        "`{text}` no añade nada: `{what}` lo dice siempre que se aplica esta",
        "quítela, o estreche la otra",
    ),
    "RULE_SHADOWED": (
        "`{text}` no surte efecto: `{what}` bloquea siempre que se aplica esta",
        "hágala excepción, o estreche la otra",
    ),
    "RULES_TIE": (
        "`{text}` y `{other}` se contradicen: ambas `{what}`, por ejemplo con {example}",
        "dé a una de ellas una `prioridad`, o hágala excepción",
    ),
    "RULES_MAY_TIE": (
        "`{text}` y `{other}` pueden contradecirse: ambas `{what}`, quizá con {example}",
        "dé a una de ellas una `prioridad`, o hágala excepción",
    ),
    "DELIVER_AVOIDED": (
        "`{text}` y `{other}` no dejan ningún canal, por ejemplo con {example}",
        "haga de una de ellas excepción a la otra",
    ),
    "DELIVER_BLOCKED": (
        "de `{text}` y `{other}` una entrega y la otra bloquea, y gana el bloqueo, por ejemplo con {example}",
        "haga de la que entrega excepción a la otra",
    ),
    "PAIRS_NOT_COMPARED": (
        "hay más de {limit} pares de reglas que coinciden; desde aquí no se comparan",
        "divida el reglamento por temas",
    ),
    "SITUATION_NEVER_CLOSES": (
        "`{text}` no se cierra nunca",
        "añada `se cierra con ...` o `caduca tras ...`",
    ),
    "TEMPLATE_MISSING": (
        "hay reglas que envían `{text}`, y no tiene palabras: quedaría bloqueado",
        'añada `plantilla {text} en español texto "..." fin`, o nombre una plantilla en el tema',
    ),
    "EVENT_CYCLE": (
        "estos eventos se provocan unos a otros: {text}",
        "ponga en una de las reglas una condición que lo termine",
    ),
    "LIMIT_BEYOND_LIFE": (
        "`{text}` espera hasta {limit}, y ningún mensaje de sus temas vive tanto",
        "acorte el límite, o alargue la vida del tema",
    ),
    "VALIDITY_DISJOINT": (
        "`{text}` y `{other}` no están vigentes ningún mismo día, así que la excepción no calla nada",
        "corrija las fechas",
    ),
    "TABLE_GAP": (
        "ninguna fila de `{text}` habla del caso en que {example}",
        "añada una fila para él, o acabe la tabla con una fila `en otro caso`",
    ),
    "TABLE_ROWS_OVERLAP": (
        "las filas {first} y {second} de `{text}` se aplican ambas si {example}",
        "estreche una de ellas, o haga que la tabla tome la primera que se aplique",
    ),
    "TABLE_ROW_UNREACHABLE": (
        "la fila {first} de `{text}` no cuenta nunca: las de arriba hablan de todos sus casos",
        "quítela, o póngala por encima de ellas",
    ),
    "RULE_UNTESTED": ("ninguna prueba hace que `{text}` se aplique", "añada una prueba en la que se aplique"),
    "COST_TOO_HIGH": (
        "un mensaje puede hacer que estas reglas lean {cost} condiciones y miembros de listas; se permiten {limit}",
        "diga de qué temas o categorías hablan las reglas, acorte los plazos, o reduzca las listas",
    ),
    "AGGREGATE_OF_ALL": (
        "`{text}` reúne los de todos los `{field}`",
        "si se trata de uno, diga cuál: `con ({field} es ...)`",
    ),
    "NAME_UNUSED": ("`{text}` no se usa nunca", "úselo, o quítelo"),
}

THINGS: Mapping[str, str] = {
    "an event": "un evento",
    "a message": "un mensaje",
    "a situation": "una situación",
    "a commitment": "un compromiso",
    "a topic": "un tema",
    "a category": "una categoría",
    "a template": "una plantilla",
    "a group": "un grupo",
    "a list": "una lista",
    "a scorecard": "un baremo",
    "a filter": "un filtro",
    "a fact": "un dato",
    "a rule": "una regla",
    "an experiment": "un experimento",
    "an event rule": "una regla de evento",
    "a message rule": "una regla de mensaje",
    "the event": "ese evento",
    "the message": "ese mensaje",
    "the events of this situation": "los eventos de esta situación",
    "the events of this declaration": "los eventos de esta declaración",
    "what is declared": "lo declarado",
    "category": "categoría",
    "body": "cuerpo",
    "nothing": "nada",
    "one of": "uno de",
    "whole number": "número entero",
    "number": "número",
    "money": "dinero",
    "text": "texto",
    "yes or no": "sí o no",
    "date": "fecha",
    "date and time": "fecha y hora",
    "duration": "duración",
    "channel": "canal",
    "a name": "un nombre",
    "a text in quotes": "un texto entre comillas",
    "an amount of money": "una cantidad de dinero",
    "a date": "una fecha",
    "a day of the year": "un día del año",
    "a calendar": "un calendario",
    "a time of day": "una hora",
    "a long text": "un texto largo",
    "a number": "un número",
    "glossary": "glosario",
    "parameters": "parámetros",
    "which rows count": "qué filas cuentan",
    "before the arrow": "antes de la flecha",
    "behind the arrow": "detrás de la flecha",
    "number or money": "número o dinero",
    "list of": "lista de",
    "scorecard": "baremo",
    "experiment": "experimento",
    "journey": "recorrido",
    "list": "lista",
    "start journey": "iniciar el recorrido",
    "stop journey": "detener el recorrido",
    "the number of": "el número de",
    "sum of": "suma de",
    "average of": "media de",
    "latest": "último",
    "counting": "contar",
    "counting in a window": "contar en un plazo",
    "asking about past messages": "preguntar por mensajes pasados",
    "asking about past contacts": "preguntar por contactos pasados",
    "asking about past interactions": "preguntar por visitas pasadas",
}
"""What checkers speak of, in the English of their own code, and what it is called here."""
