"""Files as other programs write them, and what each gives.

They are made anew after public files (iris.data, haberman.data, wdbc.data, tables of Kaggle and R) and
after what spreadsheets save in several countries.
"""

import re


def rows(n, row, top=""):
    return top + "".join(f"{row(i)}\n" for i in range(n))


BODY = "1,2,a\n2,3,b\n4,1,a\n5,2,b\n"
FIRST = (1, 2, "a")
XYC = "x y c"

# What a file holds; the columns taken as x1, x2 and label; the first point, with its class or target;
# how many points there are; and a part of what is said of the file, "" for nothing.
READ = {
    # The first line
    "iris.data": (
        "5.1,3.5,1.4,0.2,Iris-setosa\n4.9,3.0,1.4,0.2,Iris-setosa\n7.0,3.2,4.7,1.4,Iris-versicolor\n"
        "6.4,3.2,4.5,1.5,Iris-versicolor\n6.3,3.3,6.0,2.5,Iris-virginica\n5.8,2.7,5.1,1.9,Iris-virginica\n\n",
        ("x1 x2 label", (5.1, 3.5, "Iris-setosa"), 6, ""),
    ),
    "haberman.data": (
        rows(12, lambda i: f"{30 + i * i % 11},{58 + i},{i * i % 13},{1 + i % 2}"),
        ("x1 x3 label", (30, 0, "1"), 12, ""),
    ),
    "wdbc.data, ids first": (
        rows(30, lambda i: f"{842_302 + i * 7919},{'MB'[i % 2]},{10 + i % 7}.{i},{20 - i % 5}.3,{i}.1"),
        ("x2 x3 label", (10, 20.3, "M"), 30, ""),
    ),
    "no names, the label once": (
        "1,2,a\n3,4,b\n5,6,a\n7,8,b\n9,1,a\n",
        ("x1 x2 label", (1, 2, "a"), 5, ""),
    ),
    "no names, only the label is text": (
        "1,2,yes\n3,4,no\n5,6,yes\n7,8,no\n9,1,yes\n",
        ("x1 x2 label", (1, 2, "yes"), 5, ""),
    ),
    "no names, a number to learn": (
        rows(12, lambda i: f"{i * 1.5},{i * i % 7},{i * 3.25}"),
        ("x1 x2 label", (0, 0, 0), 12, ""),
    ),
    "no names, a missing value": (
        "?,1,a\n" + BODY,
        ("x1 x2 label", FIRST, 4, "1 has no x1 ('?' in row 1, line 1)"),
    ),
    "no names, an error first": (
        "#N/A,1,a\n" + BODY,
        ("x1 x2 label", FIRST, 4, "1 has no x1 ('#N/A' in row 1, line 1)"),
    ),
    "names of pandas": (
        rows(6, lambda i: f"{i * 2.5},{i * i % 7},{i % 2}", "0,1,2\n"),
        ("0 1 2", (0, 0, "0"), 6, ""),
    ),
    "years as names": (
        rows(8, lambda i: f"c{i},{i * 1.5},{i * i % 7},{'ab'[i % 2]}", "country,2019,2020,kind\n"),
        ("2019 2020 kind", (0, 0, "a"), 8, ""),
    ),
    "units in the names": ("x (cm),y [m],c\n" + BODY, ("x_(cm) y_[m] c", FIRST, 4, "")),
    "units in the second line": (
        "x,y,c\ncm,m,\n" + BODY,
        (XYC, FIRST, 4, "1 has no number in x ('cm' in row 1, line 2)"),
    ),
    "names twice": (
        "x,x,c\n" + BODY,
        ("x x_(2) c", FIRST, 4, "Column 2 is called 'x' in the file and 'x (2)' here."),
    ),
    "a comment": ("# made by gen.py\nx,y,c\n" + BODY, (XYC, FIRST, 4, "")),
    "comments everywhere": (
        "# a, b, c\n% made\nx,y,c\n1,2,a\n# half\n2,3,b\n4,1,a\n5,2,b\n# end, of it\n",
        (XYC, FIRST, 4, ""),
    ),
    "a comment of names, as savetxt writes": (
        "# x1 x2 y\n1.0 2.0 0\n2.0 3.0 1\n4.0 1.0 0\n5.0 2.0 1\n",
        ("x1 x2 y", (1, 2, "0"), 4, ""),
    ),
    "# as the name of a column": (
        rows(
            8,
            lambda i: f"{i + 1},P{i},{45 + i * i},{3 * i % 8},{i % 2 == 1}",
            "#,Name,HP,Attack,Legendary\n",
        ),
        ("HP Attack Legendary", (45, 0, "False"), 8, ""),
    ),
    "sep=;": ("sep=;\nx;y;c\n1;2;0\n3;4;1\n5;6;0\n7;8;1\n", (XYC, (1, 2, "0"), 4, "")),
    "a mark, SEP=,": ("\ufeffSEP=,\nx,y,c\n" + BODY, (XYC, FIRST, 4, "")),
    "sep=tab": ("sep=\\t\nx,y,c\n".replace(",", "\t") + BODY.replace(",", "\t"), (XYC, FIRST, 4, "")),
    # Columns that only tell the rows apart
    "the index of pandas": (
        rows(6, lambda i: f"{i},{i * 2.5},{i * i % 7},{i % 2}", ",x,y,c\n"),
        (XYC, (0, 0, "0"), 6, "Column 1 is called '' in the file and 'column 1' here."),
    ),
    "an index that is saved again": (
        rows(6, lambda i: f"{i},{i * 2.5},{i * i % 7},{i % 2}", "Unnamed: 0,x,y,c\n"),
        (XYC, (0, 0, "0"), 6, ""),
    ),
    "Id, as at Kaggle": (
        rows(
            8,
            lambda i: f"{i * 3 + 1},{5 + i},{3 - i * 0.25},{'ab'[i % 2]}",
            "Id,Length,Width,Species\n",
        ),
        ("Length Width Species", (5, 3, "a"), 8, ""),
    ),
    "PassengerId": (
        rows(
            12,
            lambda i: (
                f'{i + 9},{i % 2},"Braund, Mr. O{i}",{"fm"[i % 2]},{22 + i},{7.25 + i},{"SCQ"[i % 3]}'
            ),
            "PassengerId,Survived,Name,Sex,Age,Fare,Embarked\n",
        ),
        ("Age Fare Survived", (22, 7.25, "0"), 12, ""),
    ),
    "names of rows, as R writes": (
        "x y c\n1 1 2 a\n2 2 3 b\n3 4 1 a\n4 5 2 b\n",
        (XYC, FIRST, 4, "Column 1 is called ''"),
    ),
    "names of rows in quotes": (
        '"","mpg","wt","am"\n"RX 4",21,2.62,1\n"D 1",22.8,2.3,1\n"H 4",21.4,3.215,0\n"V",18,3.5,0\n',
        ("mpg wt am", (21, 2.62, "1"), 4, ""),
    ),
    # The label
    "0.0 and 1.0": ("x,y,c\n1,2,0.0\n2,3,1.0\n4,1,0\n5,2,1\n", (XYC, (1, 2, "0"), 4, "")),
    "-0 and 1": ("x,y,c\n-0,2,-0\n2,3,1\n-0.0,1,0\n5,2,1\n", (XYC, (0, 2, "0"), 4, "")),
    "yes and no": ("x,y,c\n1,2,yes\n2,3,no\n4,1,yes\n5,2,no\n", (XYC, (1, 2, "yes"), 4, "")),
    "True and False": (
        "x,y,c\n1,2,True\n2,3,False\n4,1,True\n5,2,False\n",
        (XYC, (1, 2, "True"), 4, ""),
    ),
    "+ and -": (
        rows(8, lambda i: f"{i},{i * i % 7},{'+-'[i % 2]}", "x,y,c\n"),
        (XYC, (0, 0, "+"), 8, ""),
    ),
    "None in half of the rows": (
        rows(40, lambda i: f"{i},{i * i % 7},{'None' if i % 2 else 'Brick'}", "x,y,c\n"),
        (XYC, (0, 0, "Brick"), 40, ""),
    ),
    "? in one row": (
        "a,b,kind\n0.1,-1,0\n0.6,-3,1\n1.1,4,0\n1.6,1,?\n2.1,8,0\n2.6,5,1\n3.1,2,0\n3.6,9,1\n",
        (
            "a b kind",
            (0.1, -1, "0"),
            7,
            "Of 8 rows, 1 is left out: 1 has no kind ('?' in row 4, line 5).",
        ),
    ),
    "three numbers": (
        rows(12, lambda i: f"{i * 1.5},{i * i % 7},{i % 3}", "x,y,c\n"),
        (XYC, (0, 0, "0"), 12, ""),
    ),
    "six numbers": (
        rows(12, lambda i: f"{i * 1.5},{i * i % 7},{i % 6}", "x,y,c\n"),
        (XYC, (0, 0, 0), 12, ""),
    ),
    "many numbers": (
        rows(12, lambda i: f"{i * 1.5},{i * i % 7},{i * 3.25}", "x,y,c\n"),
        (XYC, (0, 0, 0), 12, ""),
    ),
    "XOR of x1 and x2": ("x1,x2,y\n0,0,0\n0,1,1\n1,0,1\n1,1,0\n", ("x1 x2 y", (0, 0, "0"), 4, "")),
    "XOR of x and y": ("x,y,xor\n0,0,0\n0,1,1\n1,0,1\n1,1,0\n", ("x y xor", (0, 0, "0"), 4, "")),
    "a coordinate y of few values": (
        rows(24, lambda i: f"{i // 4 / 2},{i % 4 / 2},{('blue', 'red')[i * 5 % 7 % 2]}", "x,y,color\n"),
        ("x y color", (0, 0, "blue"), 24, ""),
    ),
    "z over a grid": (
        rows(25, lambda i: f"{i % 5},{i // 5},{i * i / 7:.3f}", "x,y,z\n"),
        ("x y z", (0, 0, 0), 25, ""),
    ),
    "y first": (
        rows(8, lambda i: f"{i % 2},{i * 1.1:.2f},{i * i % 7}", "y,x1,x2\n"),
        ("x1 x2 y", (0, 0, "0"), 8, ""),
    ),
    "a label first, no names": (
        rows(12, lambda i: f"{i % 2},{i * 1.1:.2f},{i * i % 7 + 0.5}"),
        ("x1 x2 label", (0, 0.5, "0"), 12, ""),
    ),
    # Separators and lines
    "tabs and spaces": (" x \t y\tc\n" + BODY.replace(",", " \t "), (XYC, FIRST, 4, "")),
    "columns of spaces": (
        "  x    y  c\n 1.0  2.0 a\n 2.0 -3.0 b\n14.0  1.0 a\n 5.0  2.0 b\n",
        (XYC, FIRST, 4, ""),
    ),
    "tabs or spaces": (
        "1.0  2.0\ta\n2.0 \t3.0  b\n4.0 1.0 a\n5.0 2.0 b\n",
        ("x1 x2 label", FIRST, 4, ""),
    ),
    "bars": ("x|y|c\n" + BODY.replace(",", "|"), (XYC, FIRST, 4, "")),
    "separators at the ends": ("x,y,c,\n" + BODY.replace("\n", ",\n"), (XYC, FIRST, 4, "")),
    "separators at some ends": ("x,y,c\n" + BODY.replace("a\n", "a,,\n") + ",,\n", (XYC, FIRST, 4, "")),
    "blank lines": ("\n\nx,y,c\n\n" + BODY.replace("\n", "\n  \n"), (XYC, FIRST, 4, "")),
    "mixed line ends": ("x,y,c\r\n1,2,a\n2,3,b\r4,1,a\r\n5,2,b", (XYC, FIRST, 4, "")),
    "a mark at the start": ("\ufeffx,y,c\n" + BODY, (XYC, FIRST, 4, "")),
    "everything in quotes": (re.sub(r"(\w+)", r'"\1"', "x,y,c\n" + BODY), (XYC, FIRST, 4, "")),
    "spaces before quotes": (
        'x, y, "c"\n' + BODY.replace("a", ' "a, b"'),
        (XYC, (1, 2, "a, b"), 4, ""),
    ),
    "UTF-16, as Excel's Unicode text": (
        "x\ty\tc\n1,5\t2,5\ta\n3,5\t4,5\tb\n5\t6,5\ta\n7,5\t8,5\tb\n".encode("utf-16"),
        (XYC, (1.5, 2.5, "a"), 4, ""),
    ),
    # Numbers
    "decimal commas and tabs": (
        "x\ty\tc\n1,5\t2,5\ta\n3,5\t4,5\tb\n5,5\t6,5\ta\n7,5\t8,5\tb\n",
        (XYC, (1.5, 2.5, "a"), 4, ""),
    ),
    "decimal commas and spaces": (
        "1,5 2,5 3,5 a\n3,5 4,5 1,5 b\n5,5 6,5 2,5 a\n7,5 8,5 4,5 b\n",
        ("x1 x2 label", (1.5, 2.5, "a"), 4, ""),
    ),
    "decimal commas in quotes": (
        'x,y,c\n"1,5","2,5",a\n"3,5",4,b\n"5,5","6,5",a\n7,"8,5",b\n',
        (XYC, (1.5, 2.5, "a"), 4, ""),
    ),
    "decimal commas and points of thousands": (
        "x;y;c\n1.234,50;2,5;a\n950,00;3,5;b\n12.000,75;1,0;a\n1.100;4,5;b\n",
        (XYC, (1234.5, 2.5, "a"), 4, ""),
    ),
    "commas of thousands and points": (
        'x,y,c\n"1,234.50",2,a\n"950.00",3,b\n"12,000",1,a\n"1,100",4,b\n',
        (XYC, (1234.5, 2, "a"), 4, ""),
    ),
    "points that may be of thousands": (
        "income;age;c\n950;20;0\n1.200;30;1\n990;40;0\n2.500;50;1\n870;33;0\n",
        (
            "income age c",
            (950, 20, "0"),
            5,
            "'1.200' in row 2, line 3, of 'income' is read as 1.2; the notation 1.234,5 reads 1200.",
        ),
    ),
    "points that may be of thousands in all rows": (
        "income;age;c\n1.234;20;0\n12.500;30;1\n9.900;40;0\n2.500;50;1\n",
        (
            "income age c",
            (1.234, 20, "0"),
            4,
            "'1.234' in row 1, line 2, of 'income' is read as 1.234; the notation 1.234,5 reads 1234.",
        ),
    ),
    "points that are decimal elsewhere": (
        "x;y;c\n1.234;0.5;0\n2.500;1;1\n9.900;7.25;0\n2.500;50;1\n",
        (XYC, (1.234, 0.5, "0"), 4, ""),
    ),
    "commas that may be of thousands": (
        "salary;age;c\n19,000;20;0\n20,500;30;1\n9,900;40;0\n25,000;50;1\n",
        (
            "salary age c",
            (19, 20, "0"),
            4,
            "'19,000' in row 1, line 2, of 'salary' is read as 19; the notation 1,234.5 reads 19000.",
        ),
    ),
    "decimal commas, and points in some rows": (
        "x;y;c\n1,5;20;a\n1.200;30;b\n9,5;40;a\n25;50;b\n33;10;a\n",
        (
            XYC,
            (1.5, 20, "a"),
            4,
            "1 has no number in x ('1.200' in row 2, line 3, but 1200 in the notation 1.234,5).",
        ),
    ),
    "three digits behind each point": (
        rows(8, lambda i: f"{i:.3f},{9 - i:.3f},{i % 2}"),
        ("x1 x2 label", (0, 9, "0"), 8, ""),
    ),
    "spaces of thousands": (
        "x;y;c\n1\u00a0234,5;2;0\n2 345,5;3;1\n950;1,5;0\n5\u202f000;2;1\n",
        (XYC, (1234.5, 2, "0"), 4, ""),
    ),
    "apostrophes of thousands": (
        "x;y;c\n1'234.5;2;0\n2’345.5;3;1\n950;1.5;0\n5'000;2;1\n",
        (XYC, (1234.5, 2, "0"), 4, ""),
    ),
    "the minus sign": (
        "x,y,c\n−1.5,2.5,0\n3,−4,1\n5,6,0\n−7.5,1.5,1\n",
        (XYC, (-1.5, 2.5, "0"), 4, ""),
    ),
    "exponents": (
        "x,y,c\n1e-3,2E+2,0\n2e-3,3E+2,1\n4e-3,1.5e2,0\n5e−3,2e2,1\n",
        (XYC, (0.001, 200, "0"), 4, ""),
    ),
    "exponents and commas": (
        "x;y;c\n1,5e3;2;0\n2,5e3;3;1\n4e3;1,5;0\n5e3;2;1\n",
        (XYC, (1500, 2, "0"), 4, ""),
    ),
    "percent": (
        "x,y,c\n10%,1,a\n20%,2,b\n30.5 %,3,a\n40%,4,b\n",
        (XYC, (10, 1, "a"), 4, "'10%' in row 1, line 2, of 'x' is read as 10."),
    ),
    "NaN, inf and #N/A": (
        "x,y,c\nNaN,2,a\ninf,3,b\n#N/A,1,a\n" + BODY,
        (
            XYC,
            FIRST,
            4,
            "2 have no x ('NaN' in row 1, line 2), 1 has an infinite value in x ('inf' in row 2",
        ),
    ),
    "dates beside": (
        rows(6, lambda i: f"2020-01-0{i + 1},{i * 1.5},{i * i % 7},{'ab'[i % 2]}", "date,x,y,c\n"),
        (XYC, (0, 0, "a"), 6, ""),
    ),
    "dates and decimal commas": (
        rows(6, lambda i: f"0{i + 1}.02.2020;{i},5;{i * i % 7},5;{'ab'[i % 2]}", "Datum;x;y;c\n"),
        (XYC, (0.5, 0.5, "a"), 6, ""),
    ),
    "5000 rows": (
        rows(5000, lambda i: f"{i * 0.37 % 1:.3f},{i * 0.73 % 1:.3f},{'ab'[i % 2]}", "x,y,c\n"),
        (XYC, None, 2000, "Of 5,000 rows, 2,000 are taken, drawn at random."),
    ),
}


REFUSED = {
    "one class": (
        rows(6, lambda i: f"{i},{i * i % 7},a", "x,y,c\n"),
        "1 different value in 'c'; the first is 'a' in row 1, line 2.",
    ),
    "six classes": (
        rows(12, lambda i: f"{i},{i * i % 7},{'abcdef'[i % 6]}", "x,y,c\n"),
        "6 different values in 'c'; the first is 'a' in row 1, line 2.",
    ),
    "the same number": (
        "x,y,c\n1,2,a\n1,3,b\n1,4,a\n1,5,b\n",
        "'1' in row 1, line 2, of 'x' is in all rows.",
    ),
    "commas of thousands": (
        'salary,age,c\n"19,000",20,0\n"20,500",30,1\n"9,900",40,0\n"25,000",50,1\n',
        "'19,000' in row 1, line 2, of 'salary' is not a number, but 19000 in the notation 1,234.5.",
    ),
    "two decimal marks": (
        "x;y;c\n1,5;2.5;a\n2,5;3.5;b\n4,5;1.5;a\n5,5;2.5;b\n",
        "'2.5' in row 1, line 2, of 'y' is not a number, but 2.5 in the notation 1234.5.",
    ),
    "percent in some rows": (
        "x,y,c\n10%,1,a\n0.2,2,b\n30%,3,a\n40%,4,b\n",
        "'10%' in row 1, line 2, of 'x' is not a number.",
    ),
    "a currency": (
        "x,y,c\n$10,1,a\n$20,2,b\n$30,3,a\n$40,4,b\n",
        "'$10' in row 1, line 2, of 'x' is not a number.",
    ),
    "units": (
        "x,y,c\n1 cm,1,a\n2 cm,2,b\n3 cm,3,a\n4 cm,4,b\n",
        "'1 cm' in row 1, line 2, of 'x' is not a number.",
    ),
    "formulas": (
        "x,y,c\n=1+1,1,a\n=A1,2,b\n=cmd|' /C calc'!A0,3,a\n@SUM(A1),4,b\n",
        "'=1+1' in row 1, line 2, of 'x' is not a number.",
    ),
    "only dates": (
        rows(6, lambda i: f"2020-01-0{i + 1},{i * 1.5},{'ab'[i % 2]}", "date,x,c\n"),
        "'2020-01-01' in row 1, line 2, of 'date' is not a number.",
    ),
    "only text": ("a,b,c\nd,e,f\ng,h,i\nj,k,l\n", "'d' in row 1, line 2, of 'a' is not a number."),
    "a title above": (
        "Lengths of 2024\nx,y,c\n" + BODY,
        "Line 1 of 'my.csv' must have 3 values, as most lines have, got 1: 'Lengths",
    ),
    "a short line": (
        "x,y,c\n1,2,a\n2,3\n4,1,a\n",
        "Line 3 of 'my.csv' must have 3 values, as most lines have, got 2: '2,3'.",
    ),
    "a long line": (
        "x,y,c\n1,2,a\n2,3,b,7\n4,1,a\n",
        "Line 3 of 'my.csv' must have 3 values, as most lines have, got 4: '2,3,b,7'.",
    ),
    "two columns": ("x,y\n1,2\n3,4\n", "got 2: 'x,y'."),
    "a relation of Weka": (
        "@relation iris\n@attribute x real\n@data\n" + BODY * 2,
        "Line 1 of 'my.csv' must have 3 values",
    ),
    "JSON": (
        '[{"x":1,"y":2,"c":"a"},\n{"x":3,"y":2,"c":"b"}]\n',
        "Line 1 of 'my.csv' must have quotes only around",
    ),
    "indices and values": ("1 1:0.5 2:0.7\n-1 1:0.1 2:0.2\n", "got 1: '1 1:0.5 2:0.7'."),
    "only comments": ("# a\n# b\n", "got only 2 lines of comments."),
    "Latin-1": ("x;y;c\n1;2;Käfer\n".encode("latin-1"), "got the byte 0xe4 in line 2"),
    "a workbook": (b"PK\x03\x04\x14\0\6\0", "got a zero byte in line 1"),
}
