import { compileLexicon } from './match-words.ts';

// Words are data: a language or a habit of speech is added here, and to the corpus of the test. English first, then German,
// French, Spanish, Italian, Portuguese, Dutch, and pieces of Chinese and Japanese.

/** Kinds of questions. */
const CATEGORIES = {
  code: `code!, coding!, refactor*!, debug*!, bug, bugs, stack trace!, traceback!, unit test*!, unit tests!, regex!, regular expression!,
    compile*!, compiler, linter, typescript!, javascript!, python!, java!, rust, golang!, kotlin!, swift, c++!, c#!, php!, ruby, bash!,
    shell script!, html!, css!, react!, vue, django!, node.js!, npm!, pip, git!, commit, merge conflict!, pull request!, docker*!,
    kubernetes!, function!, class, method, variable, loop, recursion!, recursive!, array, algorithm!, data structure!, segfault!,
    null pointer!, nullpointerexception!, typeerror!, exception!, syntax error!, in go!, http server!, web server!, endpoint, middleware, sql query!, sql!, async!, await,
    promise, thread-safe!, mutex!, script!, program, programme, snippet!, implement*!, codebase!, repository, backend, frontend,
    programmier*!, funktion!, skript!, fehlermeldung, quelltext!, code-review!, klasse, fonction!, programme, débogue*!, bogue,
    función!, programa!, depura*!, código!, funzione!, codice!, função!, functie!, broncode!, 代码!, 函数!, 编程!, 调试!, コード!, 関数!, バグ!`,
  research: `latest!, news!, recent, recently, research!, sources!, source, cite!, citation*!, papers!, studies!, study, survey,
    find out!, look up!, who won!, current price!, this week, today's, trend, trends, market!, competitors!, according to!,
    literature!, state of the art!, evidence!, fact-check!, fact check!, is it true!, history of, background on!, overview of!,
    what happened!, announced!, released, report on!, investigate, statistics on, publications!, peer-reviewed!, web,
    summarise the debate!, pros and cons, reviews, as of, in 2025, in 2026,
    neueste*!, aktuelle*!, nachrichten!, recherchier*!, quellen!, studien!, forschung!, herausfinden!, wer hat gewonnen!,
    dernières!, actualités!, recherche!, sources, études!, últimas!, noticias!, investiga!, fuentes!, estudios!, ultime!, notizie!,
    fonti!, ricerche!, notícias!, pesquis*!, laatste!, nieuws!, onderzoek!, 最新!, 新闻!, 研究!, ニュース!, 調べて!`,
  data: `csv!, spreadsheet!, excel!, dataset!, data set!, table, rows!, columns!, average!, mean!, median!, sum of!, total of, group by!,
    per month!, per year, per region!, by region!, by country!, by month!, pivot!, chart!, plot!, graph of, histogram!, correlation!, outliers!, percentile!,
    standard deviation!, aggregate!, count of, how many orders!, top ten!, top 10!, breakdown!, revenue!, sales!, kpi!, kpis!, figures,
    duplicates!, clean the data!, regression, forecast, quarterly!, conversion rate!, churn!, quartal!, umsatz!, tabelle!, durchschnitt!, mittelwert!,
    zeilen!, spalten!, diagramm!, auswertung!, verkaufszahlen!, pro monat!, tableau!, moyenne!, colonnes!, lignes!, graphique!, ventes!,
    chiffre d'affaires!, hoja de cálculo!, promedio!, filas!, columnas!, gráfico!, ventas!, tabella!, media dei, righe!, colonne!,
    vendite!, grafico!, planilha!, média!, vendas!, gemiddelde!, omzet!, grafiek!, 数据!, 表格!, 平均!, 销售额!, データ!, 集計!, 売上!`,
};

/** What a question asks of whoever answers it. */
const DEMANDS = {
  tools: `my calendar, calendar, meeting, meetings, appointment*, schedule, reschedule, remind, reminder, e-mail, email, inbox, send, weather,
    forecast, commute, traffic, leave, book, order, invoice*, ticket, tickets, issue, issues, search, find, look up, fetch, list my, show my, create,
    update, delete, post, price, stock, flight*, hotel, files, folder, download, upload, database, customers, contacts, upcoming, playlist, pokemon,
    balance, account, transactions, open tasks, my tasks, to-do, turn on, turn off, status of, temperature,
    kalender, termin*, besprechung, erinner*, wetter, schick*, sende, buche, bestell*, rechnung*, such*, finde, zeig*, lösch*, stau, losfahren,
    calendrier, rendez-vous, rappelle*, météo, envoie, réserve, facture*, cherche, trouve, affiche, supprime, trajet,
    calendario, cita, recuérda*, tiempo hace, envía, reserva, factura*, busca, encuentra, muestra, borra, tráfico,
    riunione, ricorda*, che tempo, invia, prenota, fattura, cerca, trova, mostra, reunião, lembr*, envie, procure, mostre, agenda, vergadering,
    herinner*, weer, stuur, boek, 日程, 天气, 发送, 提醒, 搜索, 予定, 天気, 送って, 検索`,
  reasoning: `prove!, proof!, derive!, theorem!, analyse, analyze, analysis, compare, comparison, contrast, evaluate, assess, critique, critically, justify,
    design!, architect*!, trade-off*!, tradeoff*!, strategy, strategic, implications!, optimi*, step by step, explain why, explain how, reason about, root cause!,
    diagnose, investigate, synthesi*, simulate, forecast, plan, roadmap!, migrat*, refactor*, debug*, prioriti*, recommend, argue, argument,
    rigorous*!, formal*, in detail, detailed, thorough*, comprehensive!, in depth, in-depth!, deep dive!, edge cases!, worst case, complexity of, invariants!, counterexample!, why does, what if,
    beweise*!, herleit*!, analysier*, vergleich*, bewert*, entwirf!, entwurf!, architektur!, abwäg*!, begründ*, schritt für schritt, ausführlich, warum, optimier*, strategie,
    prouve*!, démontre*!, analyse*, compare*, évalue*, conçois!, conception!, architecture!, justifie*, étape par étape, compromis!, stratégie,
    demuestra!, analiza*, compara*, evalúa, diseña!, arquitectura!, justifica, paso a paso, estrategia, dimostra!, analizza, confronta, valuta, progetta!,
    architettura!, passo dopo passo, prove que!, analise, projete!, arquitetura!, passo a passo, bewijs!, vergelijk, ontwerp!, 证明!, 分析, 比较, 设计!, 证明!, 分析して, 比較, 設計!, 証明!`,
  hard: `distributed!, concurren*!, race condition!, race conditions!, deadlock*!, consensus!, linearizab*!, cryptograph*!, zero-knowledge!, kernel, quantum!, topolog*, differential equation*!,
    integral*, eigenvalue*!, eigenvector*!, bayesian!, regression, econometric*!, stochastic!, litigation!, jurisdiction*!, liability!, gdpr, compliance, tax, taxation!, pharmacokinetic*!, genom*!,
    scheduler, transaction isolation!, crdt*!, sharding!, replication!, fault-toleran*!, exactly-once!, event sourcing!, microservice*, multi-tenant!, monad*, type system, lock-free!,
    garbage collect*, np-hard!, np-complete!, dynamic programming!, graph theory, asymptotic*!, irrational!, induction!, group theory!, manifold*!, hypothesis test*, causal*!, confounder*!, monte carlo!,
    portfolio, hedging!, derivatives, monetary policy!, constitutional!, epistemolog*!, ontolog*!, throughput, latency, failover!, high availability!, disaster recovery!, threat model*!, memory leak!, vulnerabilit*!, zero downtime!, without downtime!,
    verteilte*!, nebenläufig*!, differentialgleichung*!, haftung!, steuerrecht!, systèmes distribués!, équation*, concurrence, responsabilité, distribuido*!, ecuacion*, distribuit*!, equazion*, 分布式!, 并发!, 量子!, 分散!, 並行!`,
  constraint: `must, must not, without, at least, at most, exactly, only, no more than, unless, except, should not, constraint*, requirement*, guarantee*, ensure, within, under, budget,
    muss, müssen, darf nicht, ohne, mindestens, höchstens, genau, nur, außer, sofern, doit, sans, au moins, au plus, exactement, seulement, sauf, debe, sin, al menos, como máximo, exactamente, solo, salvo,
    deve, senza, almeno, al massimo, esattamente, sem, pelo menos, zonder, minstens, 必须, 至少, 不能, 必ず, 以内`,
  step: `then, after that, afterwards, next, finally, first, second, third, before that, once done, and also, as well as, followed by,
    dann, danach, anschließend, zuerst, zunächst, zuletzt, schließlich, außerdem, puis, ensuite, enfin, d'abord, après cela, luego, después, primero, finalmente, además,
    poi, infine, prima, depois, primeiro, por fim, daarna, eerst, ten slotte, 然后, 首先, 最后, まず, 次に, 最後に`,
  greeting: `hi, hello, hey, thanks, thank you, thx, ok, okay, yes, yep, no, nope, bye, goodbye, good morning, good night, good evening, cool, great, nice, lol, cheers, sure, please,
    hallo, danke, guten morgen, guten tag, tschüss, ja, nein, moin, servus, bonjour, salut, merci, au revoir, oui, non, bonsoir, hola, gracias, adiós, buenos días, sí, ciao, grazie, buongiorno, arrivederci,
    olá, obrigado, obrigada, bom dia, tchau, dank je, goedemorgen, 你好, 谢谢, 再见, こんにちは, ありがとう`,
};

/** All of the above, by kind. */
export const LEXICON = compileLexicon({ ...CATEGORIES, ...DEMANDS });
